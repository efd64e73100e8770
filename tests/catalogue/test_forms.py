"""One form a stage: nothing that an application form of the stage asks is left out, and nothing is asked twice."""

import pytest

from catalogue import STAGES, CatalogueError, is_application, load_catalogue, stage_form

OWN = {"申请日期", "填表日期", "申报日期", "签署日期"}
CATALOGUE = load_catalogue()
ALL = [kind.code for kind in CATALOGUE.material_types()]


@pytest.mark.parametrize("stage", STAGES)
def test_a_form_has_every_field_of_every_application_form_once(stage):
    form = stage_form(stage, ALL)
    sources = [source for field in form.fields for source in field.sources]
    wanted = {
        f"{kind.code}.{spec.name}"
        for kind in CATALOGUE.material_types()
        if is_application(kind)
        for spec in kind.fields
        if spec.name not in OWN
    }
    assert wanted
    assert wanted <= set(sources)
    assert len(sources) == len(set(sources))
    assert len({field.name for field in form.fields}) == len(form.fields)


@pytest.mark.parametrize("stage", STAGES)
def test_a_form_asks_of_other_stages_only_when_their_forms_are_handed_in(stage):
    plain = {field.name for field in stage_form(stage).fields}
    assert ("竣工日期" in plain) == (stage == "竣工验收")
    assert "竣工日期" in {field.name for field in stage_form(stage, ["M-LHSQB"]).fields}


def test_a_source_has_the_kind_of_its_field_or_plain_text():
    for stage in STAGES:
        for field in stage_form(stage).fields:
            for source in field.sources:
                code, _, name = source.partition(".")
                spec = next(s for s in CATALOGUE.material_type(code).fields if s.name == name)
                assert spec.kind in {field.kind, "text"}, (field.name, source)


def test_an_unknown_stage_and_an_unknown_field_are_told_with_a_code():
    with pytest.raises(CatalogueError) as wrong:
        stage_form("没有的阶段")
    assert wrong.value.code == "unknown-stage"
    with pytest.raises(CatalogueError) as wrong:
        stage_form("施工许可").field("没有的栏目")
    assert wrong.value.code == "unknown-form-field"
