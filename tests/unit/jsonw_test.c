#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/json.h"
#include "core/jsonw.h"

static void test_every_shape(void **state)
{
    (void)state;
    PL_BUF(out, 4096);
    struct pl_jsonw w = pl_jsonw_to(&out);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "name", PL_STR("a\"\n"));
    pl_jsonw_u64(&w, "size", UINT64_MAX);
    pl_jsonw_i64(&w, "less", INT64_MIN);
    pl_jsonw_bool(&w, "yes", true);
    pl_jsonw_bool(&w, "no", false);
    pl_jsonw_null(&w, "none");
    pl_jsonw_array(&w, "empty");
    pl_jsonw_end(&w);
    pl_jsonw_object(&w, "nothing");
    pl_jsonw_end(&w);
    pl_jsonw_array(&w, "via");
    pl_jsonw_str(&w, NULL, PL_STR("x"));
    pl_jsonw_object(&w, NULL);
    pl_jsonw_named_str(&w, PL_STR("k\\"), PL_STR(""));
    pl_jsonw_end(&w);
    pl_jsonw_array(&w, NULL);
    pl_jsonw_u64(&w, NULL, 0);
    pl_jsonw_null(&w, NULL);
    pl_jsonw_end(&w);
    pl_jsonw_end(&w);
    pl_jsonw_named_str(&w, (struct pl_str){0}, PL_STR("unnamed"));
    pl_jsonw_end(&w);
    assert_string_equal(out.data, "{\n"
                                  "  \"name\": \"a\\\"\\n\",\n"
                                  "  \"size\": 18446744073709551615,\n"
                                  "  \"less\": -9223372036854775808,\n"
                                  "  \"yes\": true,\n"
                                  "  \"no\": false,\n"
                                  "  \"none\": null,\n"
                                  "  \"empty\": [],\n"
                                  "  \"nothing\": {},\n"
                                  "  \"via\": [\n"
                                  "    \"x\",\n"
                                  "    {\n"
                                  "      \"k\\\\\": \"\"\n"
                                  "    },\n"
                                  "    [\n"
                                  "      0,\n"
                                  "      null\n"
                                  "    ]\n"
                                  "  ],\n"
                                  "  \"\": \"unnamed\"\n"
                                  "}\n");
}

static void test_empty_roots(void **state)
{
    (void)state;
    PL_BUF(out, 4096);
    struct pl_jsonw w = pl_jsonw_to(&out);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_end(&w);
    w = pl_jsonw_to(&out);
    pl_jsonw_array(&w, NULL);
    pl_jsonw_end(&w);
    assert_string_equal(out.data, "{}\n[]\n");
}

/* 32 levels, objects and arrays in turn, read back by the parser. */
static void test_deepest(void **state)
{
    (void)state;
    PL_BUF(out, 1 << 16);
    struct pl_jsonw w = pl_jsonw_to(&out);
    for (int i = 0; i < 16; i++) {
        pl_jsonw_object(&w, NULL);
        pl_jsonw_array(&w, "a");
    }
    pl_jsonw_bool(&w, NULL, true);
    for (int i = 0; i < 32; i++)
        pl_jsonw_end(&w);
    struct pl_json *doc;
    assert_true(pl_json_parse(pl_buf_view(&out), &doc, NULL));
    struct pl_json_value value = pl_json_root(doc), inner;
    for (int i = 0; i < 16; i++) {
        assert_true(pl_json_get(value, "a", &inner));
        struct pl_json_iter it = pl_json_items(inner);
        assert_true(pl_json_next(&it, NULL, &value));
        struct pl_json_value more;
        assert_false(pl_json_next(&it, NULL, &more));
    }
    bool truth = false;
    assert_true(pl_json_bool(value, &truth));
    assert_true(truth);
    pl_json_destroy(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_shape),
        cmocka_unit_test(test_empty_roots),
        cmocka_unit_test(test_deepest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
