"""What holds for every answer of the pages."""


async def test_a_page_is_shown_to_who_is_signed_in(pages):
    response = await pages.get("logistics.lead", "/work")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
