"""Queries of the language of facts as Python functions over relations: loops, look-ups by key, groups and windows.

A query becomes one function that makes its rows; a common table expression becomes a relation whose rows are made when
they are first asked for. What rests on tables of the reference alone is kept from run to run (`kept`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import expressions as exp

from cleanclaim.edits.fact_language.aggregates import AGGREGATES, RANKS, SIMPLE_AGGREGATES
from cleanclaim.edits.fact_language.expressions import ExpressionWriter
from cleanclaim.edits.fact_language.scopes import Names, Scope, Source, conjuncts, disjuncts, refused, tuple_of

_WINDOWED = {
    **SIMPLE_AGGREGATES, exp.RowNumber: "row_number", exp.DenseRank: "dense_rank"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """A relation that a query may read: the variable that holds it, its columns, whether it stays from run to run."""

    variable: str
    names: Names
    lasting: bool


_Tables = Mapping[str, _Known]


@dataclass(frozen=True, slots=True)
class _KeyPart:
    """A column of a joined relation that must be one of some values: what the relation is looked up by."""

    column: int
    values: tuple[str, ...]  # code
    strict: bool  # null equals nothing
    whole: bool  # nothing else is asked by the condition


class QueryWriter(ExpressionWriter):
    """Writes one query of a group of facts as a Python function `query(tables, kept)`."""

    def __init__(self, names_of: Callable[[str], Names], is_lasting: Callable[[str], bool]) -> None:
        """`names_of`: the columns of a table by name; `is_lasting`: whether its rows stay from run to run."""
        super().__init__()
        self._names_of, self._is_lasting = names_of, is_lasting
        self._tables: dict[str, _Known] = {}
        self._seen: list[_Tables] = [{}]  # the common table expressions that hold, the innermost last

    def written(self, tree: exp.Expr) -> tuple[Names, str]:
        """The columns of a query, and the source of its function."""
        names, function, _ = self._query(tree)
        head = [f"    {known.variable} = tables[{name!r}]" for name, known in self._tables.items()]
        source = "\n".join(["def query(tables, kept):", *head, *self.lines, f"    return {function}()"])
        return names, source

    def found_in(self, query: exp.Expr, scope: Scope) -> str:
        """The relation of a subquery of one column."""
        del scope
        return self._relation(query).variable

    def _query(self, tree: exp.Expr) -> tuple[Names, str, bool]:
        """Columns, the function that makes the rows, and whether they rest on lasting tables alone."""
        if isinstance(tree, exp.Subquery):
            return self._query(tree.this)
        own = dict(self._seen[-1])
        self._seen.append(own)
        for one in tree.args["with_"].expressions if tree.args.get("with_") else ():
            own[one.alias] = self._relation(one.this)
        try:
            if isinstance(tree, exp.Union):
                return self._union(tree)
            if isinstance(tree, exp.Select):
                return _SelectWriter(self, tree).written()
        finally:
            self._seen.pop()
        raise refused(type(tree).__name__)

    def _union(self, tree: exp.Union) -> tuple[Names, str, bool]:
        names, first, one = self._query(tree.this)
        _, second, other = self._query(tree.expression)
        function = self.fresh("rows_of")
        rows = f"{first}() + {second}()"
        rows = f"list(dict.fromkeys({rows}))" if tree.args.get("distinct") else rows
        self.lines += [f"    def {function}():", f"        return {rows}"]
        return names, function, one and other

    def _relation(self, tree: exp.Expr) -> _Known:
        names, function, lasting = self._query(tree)
        variable = self.fresh("relation")
        made = f"Relation({names!r}, None, {function})"
        if lasting:
            key = self.held(None, "key")
            made = f"kept.get({key}) or kept.setdefault({key}, {made})"
        self.lines.append(f"    {variable} = {made}")
        return _Known(variable, names, lasting)

    def known(self, node: exp.Expr) -> tuple[str, _Known]:
        """What a FROM or JOIN names, with its alias."""
        if isinstance(node, exp.Subquery):
            return node.alias, self._relation(node.this)
        if not isinstance(node, exp.Table):
            raise refused(f"FROM {type(node).__name__}")
        return node.alias or node.name, self.table(node.name)

    def table(self, name: str) -> _Known:
        """A common table expression, else a table."""
        if name in self._seen[-1]:
            return self._seen[-1][name]
        if name not in self._tables:
            self._tables[name] = _Known(f"table_{name}", self._names_of(name), self._is_lasting(name))
        return self._tables[name]


class _SelectWriter:
    """Writes one SELECT: its loops first, then what is made of the rows."""

    def __init__(self, writer: QueryWriter, tree: exp.Select) -> None:
        self._writer, self._tree = writer, tree
        self._sources: list[Source] = []
        aliases = {one.alias: one.this for one in tree.expressions if isinstance(one, exp.Alias)}
        self._scope = Scope(self._sources, aliases)
        self._head: list[str] = []
        self._loops: list[str] = []
        self._tail: list[str] = []
        self._deep = 2
        self._lasting = True

    def written(self) -> tuple[Names, str, bool]:
        """Columns, function, and whether it rests on lasting tables alone."""
        tree, writer = self._tree, self._writer
        for one in ("limit", "offset", "pivots", "laterals", "connect"):
            if tree.args.get(one):
                raise refused(one.upper())
        self._from()
        if where := tree.args.get("where"):
            self._loop(f"if not {writer.true(where.this, self._scope)}: continue")
        items = self._items()
        inner = [where, tree.args.get("having"), tree.args.get("qualify"), *(one for _, one in items)]
        tables = (one for part in inner if part is not None for one in part.find_all(exp.Table))
        self._lasting &= all(writer.table(one.name).lasting for one in tables)
        function = writer.fresh("rows_of")
        if tree.args.get("group") or tree.args.get("having") or any(_aggregates(one) for _, one in items):
            self._grouped(items)
        elif any(one.find(exp.Window) for _, one in items) or tree.args.get("qualify"):
            self._windowed(items)
        else:
            self._plain(items)
        if tree.args.get("distinct"):
            self._tail.append("        out = list(dict.fromkeys(out))")
        if order := tree.args.get("order"):
            self._tail.append(f"        out.sort(key=lambda row: {self._order(order, items)})")
        head = [f"    def {function}():", "        out = []", *self._head]
        writer.lines += [*head, *self._loops, *self._tail, "        return out"]
        return tuple(name for name, _ in items), function, self._lasting

    @property
    def _pattern(self) -> str:
        return tuple_of(source.row for source in self._sources) if len(self._sources) > 1 else self._sources[0].row

    def _loop(self, line: str) -> None:
        self._loops.append("    " * self._deep + line)

    def _row(self, items: Sequence[tuple[str, exp.Expr]]) -> str:
        return tuple_of(self._writer.value(one, self._scope) for _, one in items)

    # What the rows are.

    def _source(self, node: exp.Expr) -> Source:
        alias, known = self._writer.known(node)
        self._lasting &= known.lasting
        return Source(alias, known.names, known.variable, self._writer.fresh("row"))

    def _from(self) -> None:
        first = self._source((self._tree.args.get("from_") or self._tree.args["from"]).this)
        self._sources.append(first)
        self._loop(f"for {first.row} in {first.relation}.rows:")
        self._deep += 1
        for join in self._tree.args.get("joins") or ():
            self._join(join, self._source(join.this))

    def _join(self, join: exp.Join, new: Source) -> None:
        side, kind = (join.side or "").upper(), (join.kind or "").upper()
        before = Scope(tuple(self._sources), self._scope.aliases)
        inside = Scope((*self._sources, new), self._scope.aliases)
        parts, left = self._key_parts(self._conditions(join, new), new, before)
        rows = self._looked_up(new, parts)
        test = " and ".join(self._writer.true(one, inside) for one in left)
        if kind in {"SEMI", "ANTI"}:
            found = f"any({test} for {new.row} in {rows})" if test else rows
            self._loop(f"if {'not ' if kind == 'SEMI' else ''}({found}): continue")
            return
        if side == "LEFT":
            found = f"[{new.row} for {new.row} in {rows} if {test}]" if test else rows
            self._loop(f"for {new.row} in {found} or {new.relation}.missing:")
        elif side or kind not in {"", "INNER", "CROSS"}:
            raise refused(f"{side} {kind} JOIN")
        else:
            self._loop(f"for {new.row} in {rows}:")
            if test:
                self._loop(f"    if not ({test}): continue")
        self._sources.append(new)
        self._deep += 1

    def _conditions(self, join: exp.Join, new: Source) -> list[exp.Expr]:
        if (on := join.args.get("on")) is not None:
            return conjuncts(on)
        conditions: list[exp.Expr] = []
        for one in join.args.get("using") or ():
            other = next(source for source in self._sources if one.name in source.names)
            columns = (exp.column(one.name, table=source.alias) for source in (new, other))
            conditions.append(exp.EQ(this=next(columns), expression=next(columns)))
            new.hidden.add(one.name)
        return conditions

    def _key_parts(
        self, conditions: Sequence[exp.Expr], new: Source, before: Scope
    ) -> tuple[list[_KeyPart], list[exp.Expr]]:
        """What the new relation is looked up by, and the conditions that are still to be tested."""
        parts: dict[int, _KeyPart] = {}
        left = []
        for one in conditions:
            part = self._key_part(one, new, before)
            if part is None or part.column in parts:
                left.append(one)
                continue
            parts[part.column] = part
            if not part.whole:
                left.append(one)
        return list(parts.values()), left

    def _key_part(self, condition: exp.Expr, new: Source, before: Scope) -> _KeyPart | None:
        condition = condition.unnest()
        if isinstance(condition, exp.EQ | exp.NullSafeEQ):
            sides = (condition.this, condition.expression)
            for own, other in (sides, sides[::-1]):
                place, code = _own(own, new), self._code_before(other, before)
                if place is not None and code is not None:
                    return _KeyPart(place, (code,), strict=isinstance(condition, exp.EQ), whole=True)
        if isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null):
            place = _own(condition.this, new)
            return None if place is None else _KeyPart(place, ("None",), strict=False, whole=True)
        return self._choice(condition, new, before) if isinstance(condition, exp.Or) else None

    def _choice(self, condition: exp.Or, new: Source, before: Scope) -> _KeyPart | None:
        """A column that every side of an OR asks for: `key = x OR key IS NULL`."""
        sides = [conjuncts(one) for one in disjuncts(condition)]
        options = [
            {part.column: part for one in side if (part := self._key_part(one, new, before)) is not None}
            for side in sides
        ]
        shared = set.intersection(*(set(option) for option in options))
        if not shared:
            return None
        chosen = [option[min(shared)] for option in options]
        whole = all(len(side) == 1 for side in sides) and all(part.whole for part in chosen)
        strict = all(part.strict for part in chosen)
        codes = [
            code if strict or not part.strict or code.startswith("'") else f"or_nothing({code})"
            for part in chosen
            for code in part.values
        ]
        return _KeyPart(min(shared), tuple(codes), strict, whole)

    def _code_before(self, node: exp.Expr, before: Scope) -> str | None:
        """The code of an expression of what stands before a join; None where it reads the new relation."""
        if any(before.column(one) is None for one in node.find_all(exp.Column)):
            return None
        return self._writer.value(node, before)

    def _looked_up(self, new: Source, parts: Sequence[_KeyPart]) -> str:
        if not parts:
            return f"{new.relation}.rows"
        columns = tuple(part.column for part in parts)
        strict = tuple(place for place, part in enumerate(parts) if part.strict)
        several = {place: self._writer.fresh("one") for place, part in enumerate(parts) if len(part.values) > 1}
        codes = [several.get(place, part.values[0]) for place, part in enumerate(parts)]
        found = (
            f"{new.relation}.by({columns}, {strict}).get({codes[0] if len(codes) == 1 else tuple_of(codes)}, NO_ROWS)"
        )
        if not several:
            return found
        loops = " ".join(
            f"for {variable} in dict.fromkeys({tuple_of(parts[place].values)})" for place, variable in several.items()
        )
        row = self._writer.fresh("row")
        return f"[{row} {loops} for {row} in {found}]"

    def _order(self, order: exp.Order, items: Sequence[tuple[str, exp.Expr]]) -> str:
        """What rows are ordered by: columns of the query, upwards, nulls last."""
        names = [name for name, _ in items]
        if any(one.args.get("desc") or one.this.name not in names for one in order.expressions):
            raise refused("ORDER BY of another thing than columns of the query, upwards")
        return tuple_of(f"nulls_last(row[{names.index(one.this.name)}])" for one in order.expressions)

    # What is made of the rows.

    def _items(self) -> list[tuple[str, exp.Expr]]:
        """The columns of the query, stars written out."""
        items: list[tuple[str, exp.Expr]] = []
        for one in self._tree.expressions:
            star = one if isinstance(one, exp.Star) else one.this if isinstance(one, exp.Column) else None
            if not isinstance(star, exp.Star):
                items.append((one.alias_or_name, one.this if isinstance(one, exp.Alias) else one))
                continue
            without = {left.name for left in star.args.get("except_") or ()}
            table = one.table if isinstance(one, exp.Column) else ""
            items += [
                (name, exp.column(name, table=source.alias, quoted=True))
                for source in self._sources
                if table in ("", source.alias)
                for name in source.names
                if name not in without and (table or name not in source.hidden)
            ]
        return items

    def _plain(self, items: Sequence[tuple[str, exp.Expr]]) -> None:
        exploded = [place for place, (_, one) in enumerate(items) if isinstance(one, exp.Explode)]
        if not exploded:
            self._loop(f"out.append({self._row(items)})")
            return
        (place,) = exploded
        one = self._writer.fresh("one")
        self._loop(f"for {one} in {self._writer.value(items[place][1].this, self._scope)} or ():")
        cells = [one if at == place else self._writer.value(item, self._scope) for at, (_, item) in enumerate(items)]
        self._loop(f"    out.append({tuple_of(cells)})")

    def _grouped(self, items: Sequence[tuple[str, exp.Expr]]) -> None:
        writer, scope = self._writer, self._scope
        keys = self._tree.args["group"].expressions if self._tree.args.get("group") else []
        codes = [writer.value(one, scope) for one in keys]
        self._head.append("        groups = {}" if keys else "        groups = {(): []}")
        self._loop(f"groups.setdefault({tuple_of(codes)}, []).append({self._pattern})")
        scope.keys = {code: f"key[{place}]" for place, code in enumerate(codes)}
        scope.key_texts = {
            one.sql(): scope.keys[code]
            for one, code in zip(keys, codes, strict=True)
            if not isinstance(one, exp.Column)
        }
        scope.group, scope.pattern = "group", self._pattern
        self._tail.append("        for key, group in groups.items():")
        if having := self._tree.args.get("having"):
            self._tail.append(f"            if not {writer.true(having.this, scope)}: continue")
        self._tail.append(f"            out.append({self._row(items)})")

    def _windowed(self, items: Sequence[tuple[str, exp.Expr]]) -> None:
        writer, scope = self._writer, self._scope
        qualify = self._tree.args.get("qualify")
        self._head.append("        listed = []")
        self._loop(f"listed.append({self._pattern})")
        alone = len(self._sources) == 1
        inner = Scope(self._sources, scope.aliases, lambda place: "row" if alone else f"row[{place}]")
        named = {one.this.name: one for one in self._tree.args.get("windows") or ()}
        for part in (*(one for _, one in items), *([qualify] if qualify else [])):
            for window in part.find_all(exp.Window):
                if window.sql() not in scope.windows:
                    variable = writer.fresh("window")
                    self._tail.append(f"        {variable} = {self._window(window, inner, named)}")
                    scope.windows[window.sql()] = f"{variable}[place]"
        self._tail.append(f"        for place, {self._pattern} in enumerate(listed):")
        if qualify:
            self._tail.append(f"            if not {writer.true(qualify.this, scope)}: continue")
        self._tail.append(f"            out.append({self._row(items)})")

    def _window(self, node: exp.Window, scope: Scope, named: Mapping[str, exp.Expr]) -> str:
        what, value = node.this, self._writer.value
        spec = named.get(node.alias, node) if node.alias else node
        kind = _WINDOWED.get(type(what))
        if kind is None:
            raise refused(f"{type(what).__name__} OVER")
        order = spec.args["order"].expressions if spec.args.get("order") else ()
        frame = spec.args.get("spec")
        if order and not isinstance(what, RANKS) and frame is None:
            raise refused("a sum or the like over an ordered window without a frame")
        argument = "None" if isinstance(what, RANKS) else f"lambda row: {value(what.this, scope)}"
        part = f"lambda row: {tuple_of(value(one, scope) for one in spec.args.get('partition_by') or ())}"
        orders = tuple_of(f"(lambda row: {value(one.this, scope)}, {bool(one.args.get('desc'))})" for one in order)
        return f"windowed(listed, {part}, {orders}, {kind!r}, {argument}, running={frame is not None})"


def _own(node: exp.Expr, new: Source) -> int | None:
    node = node.unnest()
    is_own = isinstance(node, exp.Column) and node.table == new.alias and node.name in new.names
    return new.names.index(node.name) if is_own else None


def _aggregates(node: exp.Expr) -> bool:
    return any(not isinstance(one, RANKS) and not one.find_ancestor(exp.Window) for one in node.find_all(*AGGREGATES))
