#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/limits.h"
#include "core/toml.h"
#include "core/toml_node.h"

static struct pl_toml *parse(struct pl_arena *arena, const char *text)
{
    struct pl_toml *doc = NULL;
    struct pl_error err = {.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("test.toml"), pl_str_from(text));
    if (!pl_toml_parse(source, &doc, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    return doc;
}

static const struct pl_toml_node *get(const struct pl_toml_node *table,
                                      const char *key)
{
    const struct pl_toml_node *node = NULL;
    if (!pl_toml_get(table, key, &node))
        fail_msg("no key %s", key);
    return node;
}

static void assert_str(struct pl_str s, const char *expected)
{
    if (!pl_str_is(s, expected))
        fail_msg("\"%.*s\" is not \"%s\"", PL_STR_ARG(s), expected);
}

/* ---- values ---- */

static void test_types(void **state)
{
    (void)state;
    static const struct {
        const char *value, *name;
        enum pl_toml_type type;
    } table[] = {
        {"\"s\"", "string", PL_TOML_STRING},
        {"'s'", "string", PL_TOML_STRING},
        {"-1", "integer", PL_TOML_INTEGER},
        {"1.5", "float", PL_TOML_FLOAT},
        {"inf", "float", PL_TOML_FLOAT},
        {"false", "boolean", PL_TOML_BOOL},
        {"2026-11-22T01:02:03Z", "date", PL_TOML_DATETIME},
        {"2026-11-22T01:02:03", "date", PL_TOML_DATETIME},
        {"2026-11-22", "date", PL_TOML_DATETIME},
        {"01:02:03", "date", PL_TOML_DATETIME},
        {"[]", "array", PL_TOML_ARRAY},
        {"{}", "table", PL_TOML_TABLE},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_str text =
            pl_arena_printf(&arena, "k = %s # c\n", table[i].value);
        struct pl_toml *doc = parse(&arena, text.at);
        const struct pl_toml_node *node = get(pl_toml_root(doc), "k");
        assert_int_equal(pl_toml_type(node), table[i].type);
        assert_string_equal(pl_toml_type_name(table[i].type), table[i].name);
        assert_str(pl_toml_text(node), table[i].value);
        assert_int_equal(pl_toml_count(node), 0);
        pl_toml_destroy(doc);
    }
    pl_toml_destroy(NULL);
}

static void test_values(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_toml *doc = parse(&arena, "s = \"a\\u00e9\\n\"\n"
                                        "i = -9223372036854775808\n"
                                        "t = true\n");
    const struct pl_toml_node *root = pl_toml_root(doc);
    struct pl_str text;
    int64_t number;
    bool truth = false;
    assert_true(pl_toml_str(get(root, "s"), &text));
    assert_str(text, "a\xc3\xa9\n");
    assert_true(pl_toml_int(get(root, "i"), &number));
    assert_true(number == INT64_MIN);
    assert_true(pl_toml_bool(get(root, "t"), &truth));
    assert_true(truth);
    assert_false(pl_toml_str(get(root, "i"), &text));
    assert_false(pl_toml_int(get(root, "t"), &number));
    assert_false(pl_toml_bool(get(root, "s"), &truth));
    assert_true(number == INT64_MIN && truth);
    pl_toml_destroy(doc);
}

/* ---- members ---- */

static void test_members(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_toml *doc =
        parse(&arena, "z = 1\n\"\xc3\xa9\" = 2\nB = 3\nab = 4\na = 5\n"
                      "\"\" = 6\n[[p]]\nn = 1\n[[p]]\nn = 2\n");
    const struct pl_toml_node *root = pl_toml_root(doc), *node;
    static const char *const keys[] = {"",  "B", "a",       "ab",
                                       "p", "z", "\xc3\xa9"};
    assert_int_equal(pl_toml_count(root), PL_COUNT(keys));
    for (size_t i = 0; i < PL_COUNT(keys); i++) {
        assert_str(pl_toml_key_at(root, i), keys[i]);
        assert_ptr_equal(pl_toml_at(root, i), get(root, keys[i]));
        assert_str(pl_toml_key(pl_toml_at(root, i)), keys[i]);
    }
    assert_null(pl_toml_at(root, PL_COUNT(keys)));
    assert_int_equal(pl_toml_key_at(root, PL_COUNT(keys)).len, 0);
    assert_false(pl_toml_get(root, "b", &node));
    assert_false(pl_toml_get(root, "zz", &node));
    const struct pl_toml_node *p = get(root, "p");
    assert_int_equal(pl_toml_count(p), 2);
    assert_false(pl_toml_get(p, "n", &node));
    for (size_t i = 0; i < 2; i++) {
        int64_t number = 0;
        assert_true(pl_toml_int(get(pl_toml_at(p, i), "n"), &number));
        assert_int_equal(number, i + 1);
        assert_int_equal(pl_toml_key(pl_toml_at(p, i)).len, 0);
    }
    pl_toml_destroy(doc);
}

/* ---- places ---- */

static const char places_text[] =
    "\"\xc3\xa9\" = \"\xf0\x9f\x98\x80\" # \xc3\xa9\r\n"
    "t = {\"\xc3\xbc\" = 'x', b = [ 1, \"\xc3\xbc\" , 22]}\n"
    "[h.\"\xc3\xa9\"] # head\n"
    "m = \"\"\"one\n"
    "\xc3\xa9two\"\"\" # after\n"
    "multi = [\n"
    "  \"\xc3\xa9\", 1.50,\n"
    "]\n"
    "d.e = 2026-11-22";

static void check_place(const struct pl_toml_node *node, const char *text,
                        uint32_t line, uint32_t column)
{
    assert_str(pl_toml_text(node), text);
    struct pl_span span = pl_toml_span(node);
    struct pl_place place = pl_span_place(span);
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
}

static void test_places(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_toml *doc = parse(&arena, places_text);
    const struct pl_toml_node *root = pl_toml_root(doc);
    check_place(get(root, "\xc3\xa9"), "\"\xf0\x9f\x98\x80\"", 1, 7);
    const struct pl_toml_node *t = get(root, "t"), *b = get(t, "b");
    check_place(t, "{\"\xc3\xbc\" = 'x', b = [ 1, \"\xc3\xbc\" , 22]}", 2, 5);
    check_place(get(t, "\xc3\xbc"), "'x'", 2, 12);
    check_place(b, "[ 1, \"\xc3\xbc\" , 22]", 2, 21);
    check_place(pl_toml_at(b, 1), "\"\xc3\xbc\"", 2, 26);
    check_place(pl_toml_at(b, 2), "22", 2, 32);
    const struct pl_toml_node *h = get(get(root, "h"), "\xc3\xa9");
    check_place(h, "[h.\"\xc3\xa9\"]", 3, 1);
    check_place(get(h, "m"), "\"\"\"one\n\xc3\xa9two\"\"\"", 4, 5);
    check_place(get(h, "multi"), "[\n  \"\xc3\xa9\", 1.50,\n]", 6, 9);
    check_place(pl_toml_at(get(h, "multi"), 1), "1.50", 7, 8);
    check_place(get(get(h, "d"), "e"), "2026-11-22", 9, 7);
    pl_toml_destroy(doc);
}

static void test_key_places(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_toml *doc = parse(&arena, places_text);
    const struct pl_toml_node *root = pl_toml_root(doc);
    const struct pl_toml_node *t = get(root, "t");
    struct pl_str text = pl_str_from(places_text);
    struct pl_span span = pl_toml_key_span(get(t, "b"));
    assert_str(pl_str_sub(text, span.begin, span.end), "b");
    span = pl_toml_key_span(get(t, "\xc3\xbc"));
    assert_str(pl_str_sub(text, span.begin, span.end), "\"\xc3\xbc\"");
    span = pl_toml_key_span(get(get(root, "h"), "\xc3\xa9"));
    assert_str(pl_str_sub(text, span.begin, span.end), "\"\xc3\xa9\"");
    const struct pl_toml_node *second = pl_toml_at(get(t, "b"), 1);
    span = pl_toml_key_span(second);
    assert_int_equal(span.begin, pl_toml_span(second).begin);
    assert_int_equal(span.begin, span.end);
    pl_toml_destroy(doc);
}

/* Values far along one line, past many characters of two bytes. */
static void test_long_line(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, 1 << 20);
    pl_buf_add_cstr(&text, "a = [");
    for (int i = 0; i < 1000; i++)
        pl_buf_addf(&text, "\"\xc3\xa9%d\", ", i);
    pl_buf_add_cstr(&text, "]\nb = 'end'");
    struct pl_toml *doc = parse(&arena, text.data);
    const struct pl_toml_node *a = get(pl_toml_root(doc), "a");
    assert_int_equal(pl_toml_count(a), 1000);
    for (int i = 0; i < 1000; i++) {
        struct pl_str shown = pl_arena_printf(&arena, "\"\xc3\xa9%d\"", i);
        assert_str(pl_toml_text(pl_toml_at(a, (size_t)i)), shown.at);
    }
    assert_str(pl_toml_text(get(pl_toml_root(doc), "b")), "'end'");
    pl_toml_destroy(doc);
}

/* ---- errors ---- */

struct mistake {
    const char *text;
    uint32_t line, column;
    const char *says;
};

static void check_mistake(const struct mistake *m)
{
    PL_ARENA(arena);
    struct pl_toml *doc = NULL;
    struct pl_error err = {.arena = &arena};
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t"), pl_str_from(m->text));
    if (pl_toml_parse(source, &doc, &err))
        fail_msg("accepted: %s", m->text);
    assert_null(doc);
    assert_int_equal(err.code, PL_ERR_INPUT);
    assert_ptr_equal(err.span.source, source);
    struct pl_place place = pl_span_place(err.span);
    if (place.line != m->line || place.column != m->column)
        fail_msg("%s: at %u:%u", m->text, place.line, place.column);
    if (pl_str_find_str(err.message, pl_str_from(m->says)) == err.message.len)
        fail_msg("%s: %.*s", m->text, PL_STR_ARG(err.message));
    assert_false(pl_toml_parse(source, &doc, NULL));
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct mistake table[] = {
        {"a=1\nb=@", 2, 3, "malformed TOML: value: could not"},
        {"a=1\na=2", 2, 3, "cannot redefine existing integer 'a'"},
        {"[a]\n[a]", 2, 1, "cannot redefine existing table 'a'"},
        {"\"\xc3\xa9\" = 1 x", 1, 9, "saw 'x'"},
        {"\"\xc3\xa9\" = \"\xc3\xa9", 1, 9, "end-of-file"},
        {"a = \"\xff\"", 1, 5, "utf-8"},
        {"\xc3\xa9 = 1", 1, 1, "malformed TOML: root table"},
        {"a = 99999999999999999999", 1, 25, "64 bits"},
        {"a = {b = 1,\nc = 2}", 1, 12, "inline table"},
        {"\xef\xbb\xbf\xef\xbb\xbf"
         "a=1",
         1, 1, "byte order mark"},
        {"a = [1, 2", 1, 10, "end-of-file"},
        {"a = \"b\n\"", 1, 7, "string"},
        {"a = 1\rb = 2", 1, 7, "'\\r'"},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++)
        check_mistake(&table[i]);
}

static void test_get_and_convert(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_toml *doc = parse(&arena, "s = 's'\ni = 3\nb = true\n"
                                        "a = [1]\n[t]\nx = 1\n");
    const struct pl_toml_node *root = pl_toml_root(doc), *node = root;
    struct pl_str text = PL_STR("kept");
    int64_t number = 77;
    bool truth = false;
    assert_true(pl_toml_get_str(root, "none", &text, NULL));
    assert_true(pl_toml_get_int(root, "none", &number, NULL));
    assert_true(pl_toml_get_bool(root, "none", &truth, NULL));
    assert_true(number == 77 && !truth && pl_str_is(text, "kept"));
    assert_true(pl_toml_get_table(root, "none", &node, NULL));
    assert_null(node);
    assert_true(pl_toml_get_str(root, "s", &text, NULL));
    assert_str(text, "s");
    assert_true(pl_toml_get_int(root, "i", &number, NULL));
    assert_int_equal(number, 3);
    assert_true(pl_toml_get_bool(root, "b", &truth, NULL));
    assert_true(truth);
    assert_true(pl_toml_get_array(root, "a", &node, NULL));
    assert_int_equal(pl_toml_type(node), PL_TOML_ARRAY);
    assert_true(pl_toml_get_table(root, "t", &node, NULL));
    assert_int_equal(pl_toml_type(node), PL_TOML_TABLE);
    pl_toml_destroy(doc);
}

static void test_wrong_types(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_toml *doc = parse(&arena, "\n[t]\ns = 's'\ni = 3\n");
    const struct pl_toml_node *t = get(pl_toml_root(doc), "t"), *node = t;
    struct pl_str text = PL_STR("kept");
    int64_t number = 77;
    bool truth = false;
    assert_false(pl_toml_get_str(t, "i", &text, &err));
    assert_int_equal(err.code, PL_ERR_INPUT);
    assert_str(err.message,
               "`i` is of the wrong type: expected string, found integer");
    assert_int_equal(pl_span_place(err.span).line, 4);
    assert_int_equal(pl_span_place(err.span).column, 5);
    assert_false(pl_toml_req_str(t, "i", &text, &err));
    assert_false(pl_toml_req_str(t, "none", &text, &err));
    assert_str(err.message, "`none` is missing: expected string");
    assert_int_equal(pl_span_place(err.span).line, 2);
    assert_false(pl_toml_get_int(t, "s", &number, &err));
    assert_str(err.message,
               "`s` is of the wrong type: expected integer, found string");
    assert_false(pl_toml_get_bool(t, "s", &truth, &err));
    assert_false(pl_toml_get_array(t, "s", &node, &err));
    assert_false(pl_toml_get_table(t, "s", &node, NULL));
    assert_true(number == 77 && !truth && node == t);
    assert_str(text, "kept");
    pl_toml_destroy(doc);
}

/* ---- depth ---- */

/* The least limit that the text keeps, found by trying. */
static uint32_t depth_of(const char *text)
{
    uint32_t where;
    for (uint32_t max = 0; max <= PL_MAX_TOML_DEPTH; max++) {
        if (pl_toml_shape_of(pl_str_from(text), max, 100, &where) ==
            PL_TOML_FITS)
            return max;
    }
    return UINT32_MAX;
}

static void test_depth(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t depth;
    } table[] = {
        {"a = 1.5", 1},
        {"a = 1.5 # [[[[ a.b.c", 1},
        {"a.b.c = 1", 3},
        {"a . b = 1\nc = 1", 2},
        {"[a]\nb = 1\nc = 2", 2},
        {"  [a.b]\nc.d = 1", 4},
        {"[[a]]\nb = 1", 3},
        {"[a.b.c]\n[d]\ne = 1", 3},
        {"a = [1.5, 2.5]", 2},
        {"a = [\n[1],\n[\n2 ]\n]\nb.c = 1", 3},
        {"a = {b.c = 1, d = 2}", 3},
        {"a = {b = {c = 1.5}, d.e.f = 2}", 4},
        {"a = [{b = 1}, {b = [1]}]", 4},
        {"\"a.b.c\".'d.e' = 1", 2},
        {"a = \"[[[[\\\"[[[\"\nb.c = 1", 2},
        {"a = '[[[[\\'\nb.c = 1", 2},
        {"a = \"\"\"\n[b.c.d]\n\\\"\"\" [[[[\"\"\"\nb = 1", 1},
        {"a = '''\n[b.c.d]\n''\\'''\nb.c = 1", 2},
        {"a = \"\"\"[[\"\"\"\"\"\nb.c = 1", 2},
        {"a = \"\"\nb = '' # \"\nc.d = 1", 2},
        {"a = [1, # ]]] [[[\n2]\nb = 1", 2},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        uint32_t depth = depth_of(table[i].text);
        if (depth != table[i].depth)
            fail_msg("%s: %u, not %u", table[i].text, depth, table[i].depth);
        PL_ARENA(arena);
        pl_toml_destroy(parse(&arena, table[i].text));
    }
}

/* Each form of nesting, so deep that a recursion would overflow the stack. */
static void test_too_deep(void **state)
{
    (void)state;
    static const struct {
        const char *before, *repeat;
    } table[] = {
        {"a = ", "["},  {"a = ", "{a="},  {"", "a."},      {"[", "a."},
        {"[[", "a . "}, {"a = ", "[{a="}, {"a = {", "b."}, {"a.", "'b'."},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        PL_BUF(text, PL_MAX_USER_FILE_BYTES);
        pl_buf_add_cstr(&text, table[i].before);
        for (int n = 0; n < 500000; n++)
            pl_buf_add_cstr(&text, table[i].repeat);
        const struct pl_source *source =
            pl_source_from_text(&arena, PL_STR("deep"), pl_buf_view(&text));
        struct pl_toml *doc = NULL;
        struct pl_error err = {.arena = &arena};
        assert_false(pl_toml_parse(source, &doc, &err));
        assert_int_equal(err.code, PL_ERR_LIMIT);
        assert_in_range(err.span.begin, 60, 400);
    }
}

static void test_deepest(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, 1 << 16);
    pl_buf_add_cstr(&text, "k = ");
    for (int i = 1; i < PL_MAX_TOML_DEPTH; i++)
        pl_buf_add_char(&text, '[');
    for (int i = 1; i < PL_MAX_TOML_DEPTH; i++)
        pl_buf_add_char(&text, ']');
    struct pl_toml *doc = parse(&arena, text.data);
    const struct pl_toml_node *node = get(pl_toml_root(doc), "k");
    int depth = 1;
    while (pl_toml_count(node)) {
        node = pl_toml_at(node, 0);
        depth++;
    }
    assert_int_equal(depth, PL_MAX_TOML_DEPTH - 1);
    pl_toml_destroy(doc);
}

static void test_tables_count(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t tables;
    } table[] = {
        {"a = 1\nb = [[1.5], [{c = 2}]]", 0},
        {"[a]\nb = 1\n [[c]]\n", 2},
        {"[a.b.c]\nd = 1.5 # [x]\n", 3},
        {"a.b = 1\na.c = {d.e.f = '[a.b]'}", 4},
        {"\"a.b\" = \"\"\"\n[a.b]\n\"\"\"", 0},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_str text = pl_str_from(table[i].text);
        uint32_t where, tables = table[i].tables;
        assert_int_equal(pl_toml_shape_of(text, 9, tables, &where),
                         PL_TOML_FITS);
        if (tables)
            assert_int_equal(pl_toml_shape_of(text, 9, tables - 1, &where),
                             PL_TOML_TOO_MANY);
    }
}

static void test_too_many_tables(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, PL_MAX_USER_FILE_BYTES);
    for (int i = 0; i <= PL_MAX_TOML_TABLES; i++)
        pl_buf_addf(&text, "k%d.a=1\n", i);
    struct pl_str whole = pl_buf_view(&text), most = whole;
    most.len = pl_str_rfind(pl_str_sub(whole, 0, whole.len - 1), '\n');
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("most"), most);
    struct pl_toml *doc = NULL;
    assert_true(pl_toml_parse(source, &doc, NULL));
    assert_int_equal(pl_toml_count(pl_toml_root(doc)), PL_MAX_TOML_TABLES);
    pl_toml_destroy(doc);
    doc = NULL;
    source = pl_source_from_text(&arena, PL_STR("over"), whole);
    struct pl_error err = {.arena = &arena};
    assert_false(pl_toml_parse(source, &doc, &err));
    assert_null(doc);
    assert_int_equal(err.code, PL_ERR_LIMIT);
    assert_int_equal(pl_span_place(err.span).line, PL_MAX_TOML_TABLES + 1);
}

/* The array and its members; its first has no comma, and may be too many. */
static void test_too_many_values(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, PL_MAX_USER_FILE_BYTES);
    pl_buf_add_cstr(&text, "a=[1");
    for (int i = 2; i < PL_MAX_TOML_VALUES; i++)
        pl_buf_add_cstr(&text, ",1");
    struct pl_toml *doc = NULL;
    struct pl_error err = {.arena = &arena};
    for (int more = 0; more < 2; more++) {
        pl_buf_add_cstr(&text, more ? ",1,1]" : "]");
        const struct pl_source *source =
            pl_source_from_text(&arena, PL_STR("values"), pl_buf_view(&text));
        assert_int_equal(pl_toml_parse(source, &doc, &err), !more);
        text.len--;
        pl_toml_destroy(doc);
        doc = NULL;
    }
    assert_int_equal(err.code, PL_ERR_LIMIT);
}

static void test_too_long(void **state)
{
    (void)state;
    PL_ARENA(arena);
    size_t len = PL_MAX_USER_FILE_BYTES + 1;
    char *spaces = pl_arena_alloc(&arena, len);
    memset(spaces, '\n', len);
    struct pl_error err = {.arena = &arena};
    struct pl_toml *doc = NULL;
    const struct pl_source *source = pl_source_from_text(
        &arena, PL_STR("long"), (struct pl_str){spaces, len});
    assert_false(pl_toml_parse(source, &doc, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
}

static void test_empty(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n", "# only\n",
                                        "\xef\xbb\xbf# only"};
    for (size_t i = 0; i < PL_COUNT(texts); i++) {
        PL_ARENA(arena);
        struct pl_toml *doc = parse(&arena, texts[i]);
        assert_int_equal(pl_toml_type(pl_toml_root(doc)), PL_TOML_TABLE);
        assert_int_equal(pl_toml_count(pl_toml_root(doc)), 0);
        pl_toml_destroy(doc);
    }
    PL_ARENA(arena);
    const struct pl_source *nothing =
        pl_source_from_text(&arena, PL_STR("-"), (struct pl_str){0});
    struct pl_toml *doc;
    assert_true(pl_toml_parse(nothing, &doc, NULL));
    pl_toml_destroy(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_key_places),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_get_and_convert),
        cmocka_unit_test(test_wrong_types),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_too_deep),
        cmocka_unit_test(test_deepest),
        cmocka_unit_test(test_tables_count),
        cmocka_unit_test(test_too_many_tables),
        cmocka_unit_test(test_too_many_values),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
