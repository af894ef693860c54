/* The names that an index lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/limits.h"
#include "index/page_html.h"
#include "tests/unit/index_util.h"

static void assert_names(const char *body, const char *wanted)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str *names;
    size_t count;
    if (!pl_listing_parse_html(&arena, pl_str_from(body), &names, &count, &err))
        fail_msg("%s: %.*s", body, PL_STR_ARG(err.message));
    PL_BUF(out, 10000);
    for (size_t i = 0; i < count; i++)
        pl_buf_addf(&out, "%s%.*s", i ? " " : "", PL_STR_ARG(names[i]));
    assert_str(pl_buf_view(&out), wanted);
}

static void assert_none(struct pl_str body, enum pl_error_code code,
                        const char *part)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str *names = NULL;
    size_t count = 7;
    assert_false(pl_listing_parse_html(&arena, body, &names, &count, &err));
    assert_error(&err, code, part);
    assert_null(names);
    assert_int_equal(count, 7);
}

static void test_torch_listing(void **state)
{
    (void)state;
    assert_names("<!DOCTYPE html>\n<html>\n  <body>\n"
                 "    <a href=\"torch/\">torch</a><br/>\n"
                 "    <a href=\"Jinja2/\">Jinja2</a><br/>\n"
                 "    <a href=\"typing_extensions/\">x</a><br/>\n"
                 "    <a href=\"nvidia-cublas-cu12/\">y</a><br/>\n"
                 "  </body>\n</html>\n<!--TIMESTAMP 1-->",
                 "jinja2 nvidia-cublas-cu12 torch typing-extensions");
}

static void test_forms_of_links(void **state)
{
    (void)state;
    assert_names("<a href='/simple/b/'>", "b");
    assert_names("<a href='https://i.example/whl/cu124/b/'>", "b");
    assert_names("<a href='//i.example/b/?x=/y#z'>", "b");
    assert_names("<a href=' b '>", "b");
    assert_names("<a href='./b/'>", "b");
    assert_names("<a href='zope%2Einterface/'>", "zope-interface");
    assert_names("<a href=b/><a href=A/><a href=a/><a href=b>", "a b");
    assert_names("<base href='http://x/'><a href=b/>", "b");
    assert_names("<a name=x><a href=''><a href='/'><a href='../'>"
                 "<a href='mail@to/'><a href='x//'><a href='%2e%2e/'>"
                 "<a href='b%2Fc/'><a href='-b/'><a href=c/>",
                 "c");
}

/* What names nothing must not read as "every project is absent". */
static void test_no_listing(void **state)
{
    (void)state;
    assert_none(PL_STR(""), PL_ERR_INDEX, "no HTML");
    assert_none(PL_STR("{}"), PL_ERR_INDEX, "no HTML");
    assert_none(PL_STR("<html><p>Sign in</p></html>"), PL_ERR_INDEX,
                "names no project");
    assert_none(PL_STR("<a href=b/>\0"), PL_ERR_INDEX, "NUL");
    assert_none(PL_STR("<meta name=pypi:repository-version content=2.0>"
                       "<a href=b/>"),
                PL_ERR_INDEX, "API version `2.0`");
}

static void test_many_names(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    PL_BUF(body, PL_MAX_PAGE_BYTES);
    for (int i = 50000; i-- > 0;)
        pl_buf_addf(&body, "<a href=\"n%06d/\">n</a><br>\n", i);
    struct pl_str *names;
    size_t count;
    assert_true(pl_listing_parse_html(&arena, pl_buf_view(&body), &names,
                                      &count, &err));
    assert_int_equal(count, 50000);
    assert_str(names[0], "n000000");
    assert_str(names[49999], "n049999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_torch_listing),
        cmocka_unit_test(test_forms_of_links),
        cmocka_unit_test(test_no_listing),
        cmocka_unit_test(test_many_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
