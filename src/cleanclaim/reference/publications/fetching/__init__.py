"""Official releases from their publishers: the only part of cleanclaim that has a network.

`addresses` names the publishers' pages, `finding` reads there which file is the release, `download` brings it into the
library's folder, whole or resumable. It is then imported like any other file. Everything goes over `web`, and
httpx under it: nothing is sent but the request for a page or a file, with our name and version.
"""
