"""Whatever is on record in the sample congress can be looked at, in words."""

import re

import pytest

CODE = re.compile(r"status|suspended|closed|[a-z]+_[a-z_]+|[a-z]+\.[a-z-]+")
"""What no reader of Vietnamese knows."""
PAGES = {
    "subcommittee": {"meetings": "/meetings/{id}", "organisations": "/register/{id}"},
    "propaganda": {"tasks": "/tasks/{id}", "publications": "/publications/{id}"},
    "logistics": {"resources": "/resources/{id}", "expenses": "/expenses/{id}", "reviews": "/reviews/{id}"},
    "security": {"clearances": "/clearances/{id}", "incidents": "/incidents/{id}", "documents": "/documents/{id}"},
}


@pytest.mark.parametrize("service", PAGES)
async def test_every_record_has_its_page(sample, service):
    views = (await sample.at(service)).views
    for view, path in PAGES[service].items():
        own = [document for document in views.documents(view) if document.get("unit", service) == service]
        assert own, view
        for document in own:
            page = path.format(id=document["_id"].rpartition("/")[2])
            response = await sample.get(f"{service}.lead", page, lang="vi")
            assert response.status_code == 200, page
            told = re.findall(r"<(?:th scope=\"row\"|del|ins|dd)>([^<]*)</", response.text)
            assert not [text for text in told if CODE.fullmatch(text)], page
