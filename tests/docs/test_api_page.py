from tools.api_page import PAGE, document, page_of


def test_the_page_of_the_endpoints_is_what_the_program_describes() -> None:
    described = document()
    page = page_of(described)
    assert PAGE.read_text("utf-8") == page, "docs/api.md is old: run 'make docs'"
    # Not by comparing a page with itself: every endpoint and every body has its place.
    for path, operations in described["paths"].items():
        for method in operations:
            assert f"\n### {method.upper()} {path}\n" in page
    for name in described["components"]["schemas"]:
        assert f"\n### {name}\n" in page
