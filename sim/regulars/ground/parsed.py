"""What a scenario writes as a table and everything else has as an object: read once, and written out again as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Parsed:
    """Base of such objects: a field of a `ParameterSet` that is annotated with one takes a table and holds the object."""

    __slots__ = ()

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """The object that a table means.

        Raises:
            Problem: for what is wrong in the table, with its path within it.
        """
        raise NotImplementedError

    def table(self) -> dict[str, Any]:
        """The table, defaults written out."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def made(value: Any, as_table: Any) -> Parsed:
            return value if isinstance(value, cls) else cls.read(as_table(value))

        return core_schema.no_info_wrap_validator_function(
            made,
            core_schema.dict_schema(core_schema.str_schema()),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.table),
        )
