from pathlib import Path

import pytest

from tasks.errors import ConfigError
from tasks.lake.shape import Column
from tasks.sources.fieldmap import field_map

SHIPPED = ("config/fields/salesforce.yaml", "config/fields/kantata.yaml")


@pytest.mark.parametrize("path", SHIPPED)
def test_the_shipped_maps_load(path):
    assert field_map(Path(path)).entities


def test_both_vendors_words_give_columns_in_order(tmp_path):
    file = tmp_path / "map.yaml"
    file.write_text(
        "entities:\n"
        "  deal: {object: Opportunity, fields: {amount: {field: Amount, kind: number}}}\n"
        "  story: {resource: stories, cursor: updated_at, fields: {owner: {path: owner.name, kind: text}}}\n"
        "  step: {part_of: story, fields: {story_id: {path: story_id, kind: text}}}\n"
    )
    fields = field_map(file)
    assert (fields["deal"].resource, fields["deal"].columns) == ("Opportunity", (Column("amount", "Amount", "number"),))
    assert fields["story"].columns == (Column("owner", "owner.name", "text"),)
    assert [part.name for part in fields.parts("story")] == ["step"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("entities: {deal: {object: A, fields: {x: {field: X, kind: money}}}}", r"deal\.fields\.x\.kind"),
        ("entities: {deal: {object: A, colour: red, fields: {}}}", r"deal\.colour is not a known key"),
        ("entities: {deal: {fields: {}}}", "either a resource"),
        ("entities: {deal: {part_of: nothing, fields: {}}}", "which is not an entity that is read"),
        ("entities: {deal: {object: A, fields: {id: {field: Id, kind: text}}}}", "column id is Baton's own"),
        ("entities: {deal: {object: A, fields: {x: {field: 'X FROM User--', kind: text}}}}", r"deal\.fields\.x"),
        ("entities: [deal]", "needs `entities:`"),
        ("just text", "needs `entities:`"),
        ("entities: {", "needs `entities:`"),
    ],
)
def test_a_wrong_map_names_file_and_key(tmp_path, content, message):
    file = tmp_path / "map.yaml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=message) as caught:
        field_map(file)
    assert "map.yaml" in str(caught.value)


def test_a_map_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        field_map(tmp_path / "none.yaml")
