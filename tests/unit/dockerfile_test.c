#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "container/dockerfile_check.h"
#include "container/dockerfile_stages.h"
#include "core/buf.h"
#include "tests/unit/wrong.h"

static struct pl_dockerfile read_file(struct pl_arena *arena, const char *text)
{
    struct pl_dockerfile file = {0};
    struct pl_error err = {.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("Dockerfile"), pl_str_from(text));
    if (!pl_dockerfile_read(arena, source, &file, &err))
        fail_msg("%s: %.*s", text, PL_STR_ARG(err.message));
    return file;
}

static void want(struct pl_str is, const char *should)
{
    if (!pl_str_is(is, should))
        fail_msg("`%.*s` is not `%s`", PL_STR_ARG(is), should);
}

/* ---- lines ---- */

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rest; /* of the last instruction */
    } table[] = {
        {"FROM a:1", "a:1"},
        {"from  a:1  ", "a:1"},
        {"\xef\xbb\xbf# c\n\nFROM a:1\nRUN a \\\n  b", "a   b"},
        {"FROM a\nRUN a \\  \n# comment\n\n   # another \\\n b \\\n", "a  b"},
        {"FROM a\r\nRUN a \\\r\n b\r\n", "a  b"},
        {"FROM a\nRUN a \\\\\n", "a \\\\"},
        {"# escape=`\nFROM a\nRUN a `\n b", "a  b"},
        {"# syntax=x\n# Escape = ` \nFROM a\nRUN a \\\n", "a \\"},
        {"# note\n# escape=`\nFROM a\nRUN a \\\n b", "a  b"},
        {"FROM a\nRUN --mount=type=cache,target=/x --network=none  a b", "a b"},
        {"FROM a\nRUN --mount=\"a b\" c", "c"},
        {"FROM a\nONBUILD RUN a", "a"},
        {"FROM a\nRUN", ""},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_str text = pl_str_from(table[i].text);
        /* The loader drops a byte order mark. */
        if (pl_str_starts(text, "\xef\xbb\xbf"))
            text = pl_str_sub(text, 3, text.len);
        struct pl_dockerfile file = read_file(&arena, text.at);
        assert_true(file.count > 0);
        want(file.at[file.count - 1].rest.text, table[i].rest);
    }
}

static void test_places(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_dockerfile file =
        read_file(&arena, "FROM a\nRUN ab \\\n# c\n  cd \\\n  ef");
    const struct pl_joined *rest = &file.at[1].rest;
    want(rest->text, "ab   cd   ef");
    struct pl_span span = pl_joined_span(rest, 5, 7);
    want(pl_str_sub(file.source->text, span.begin, span.end), "cd");
    span = pl_joined_span(rest, 10, 12);
    want(pl_str_sub(file.source->text, span.begin, span.end), "ef");
    struct pl_joined part = pl_joined_sub(&arena, rest, 5, 12);
    span = pl_joined_span(&part, 5, 7);
    want(pl_str_sub(file.source->text, span.begin, span.end), "ef");
    assert_int_equal(pl_span_place(span).line, 5);
}

static void test_heredocs(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_dockerfile file = read_file(
        &arena, "FROM a\nRUN <<A cat <<-\"B\" <<<c 1<<2\nx \\\n# y\nA\n"
                "\tz\n\tB\n2\nCOPY <<C d\ne\nC\nRUN echo $((1<<2)) a<<b\n");
    assert_int_equal(file.count, 4);
    const struct pl_docker_instruction *run = &file.at[1];
    assert_int_equal(run->heredoc_count, 3);
    want(run->heredocs[0].body.text, "x \\\n# y\n");
    assert_false(run->heredocs[0].is_quoted);
    want(run->heredocs[1].body.text, "z\n");
    assert_true(run->heredocs[1].is_quoted);
    want(run->heredocs[2].body.text, "");
    want(file.at[2].heredocs[0].body.text, "e\n");
    assert_int_equal(file.at[3].heredoc_count, 0);
}

static void test_json(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_dockerfile file =
        read_file(&arena, "FROM a\nRUN [\"pip\", \\\n \"in\\u0073tall\"]\n"
                          "RUN [ -f x ] && y\nRUN [\"a\", 1]\n");
    assert_true(file.at[1].is_json);
    assert_int_equal(file.at[1].json_count, 2);
    want(file.at[1].json[1], "install");
    assert_false(file.at[2].is_json);
    assert_false(file.at[3].is_json);
}

static void test_ignored(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_dockerfile file = read_file(
        &arena, "# syntax=x\n# podlock ignore=PD1,PD2\nFROM a\n"
                "#podlock ignore=PD3 why\nRUN a \\\n# podlock ignore=PD4\n b\n"
                "RUN c\n");
    assert_int_equal(file.ignored.len, 2);
    want(file.ignored.at[1], "PD2");
    assert_int_equal(file.at[0].ignored.len, 0);
    assert_int_equal(file.at[1].ignored.len, 2);
    want(file.at[1].ignored.at[0], "PD3");
    assert_int_equal(file.at[2].ignored.len, 0);
}

/* ---- stages and variables ---- */

static struct pl_str image_of(struct pl_arena *arena, const char *text)
{
    struct pl_docker_stages stages;
    struct pl_error err = {.arena = arena};
    struct pl_dockerfile file = read_file(arena, text);
    if (!pl_docker_stages_read(arena, &file, &stages, &err))
        return err.message;
    const struct pl_docker_stage *stage = pl_docker_stages_image(&stages);
    return stage->base.is_known ? stage->base.text : PL_STR("unknown");
}

static void test_images(void **state)
{
    (void)state;
    static const struct {
        const char *text, *image;
    } table[] = {
        {"FROM a:1", "a:1"},
        {"FROM --platform=linux/amd64 a@sha256:00 AS b", "a@sha256:00"},
        {"ARG V=1\nFROM a:$V", "a:1"},
        {"ARG V=1\nFROM a:${V}-x", "a:1-x"},
        {"ARG V\nFROM a:${V:-2}", "unknown"},
        {"FROM a:${V:-2}", "a:2"},
        {"FROM a:${V-2}", "a:2"},
        {"ARG V=\nFROM a:${V:-2}${V-3}", "a:2"},
        {"ARG V=1\nFROM a:${V:+b}${W:+c}", "a:b"},
        {"ARG V=1\nARG W=$V.2\nFROM a:${X:-${W}}", "a:1.2"},
        {"ARG V=1\nFROM a:${V%1}", "unknown"},
        {"ARG V=\"a b\"\nFROM $V", "a b"},
        {"FROM a:1 AS b\nFROM c:1\nFROM B", "a:1"},
        {"FROM a:1 AS b\nFROM b AS c\nFROM c", "a:1"},
        {"FROM a:1 AS b\nFROM 0", "0"},
        {"FROM a:1 AS a\nFROM a", "a:1"},
        {"ARG B=x\nFROM a:1 AS x\nFROM $B", "a:1"},
        {"RUN a\nFROM b", "only ARG may stand before the first FROM"},
        {"ARG A", "there is no FROM in this Dockerfile"},
        {"FROM", "FROM names no image"},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        want(image_of(&arena, table[i].text), table[i].image);
    }
}

/* The value of V after the instructions; "?" in front when not known. */
static struct pl_str value_of(struct pl_arena *arena, const char *text)
{
    struct pl_docker_vars vars = {.arena = arena};
    struct pl_docker_vars global = {.arena = arena, .is_closed = true};
    struct pl_str name = PL_STR("G");
    pl_docker_vars_set(
        &global, name,
        (struct pl_docker_value){.text = PL_STR("g"), .is_known = true});
    struct pl_dockerfile file = read_file(arena, text);
    for (size_t i = 0; i < file.count; i++)
        pl_docker_vars_take(&vars, &global, file.escape, &file.at[i]);
    const struct pl_docker_value *v = pl_docker_vars_get(&vars, PL_STR("V"));
    if (!v)
        return PL_STR("unset");
    return v->is_known ? v->text
                       : pl_arena_printf(arena, "?%.*s", PL_STR_ARG(v->text));
}

static void test_variables(void **state)
{
    (void)state;
    static const struct {
        const char *text, *value;
    } table[] = {
        {"ENV V=1", "1"},
        {"ENV V 1 2  3", "1 2  3"},
        {"ENV A=1 V=\"a $A\" W=3", "a 1"},
        {"ENV A=1 V='a $A'", "a $A"},
        {"ENV V=a\\ b", "a b"},
        {"ENV A=1\nENV V=${A:-2}${A:+3}", "13"},
        {"ENV V=$UNKNOWN", "?$UNKNOWN"},
        {"ENV V=${UNKNOWN:-1}", "?${UNKNOWN:-1}"},
        {"ARG V=1", "1"},
        {"ARG V", "?"},
        {"ARG G\nARG V=$G", "g"},
        {"ARG G=h\nARG V=$G", "h"},
        {"ENV V=1\nARG V=2", "1"},
        {"ARG V=1\nENV V=2", "2"},
        {"ENV V=$$", "?$$"},
        {"ENV V=a$", "a$"},
        {"ENV W=1", "unset"},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        want(value_of(&arena, table[i].text), table[i].value);
    }
}

static void test_bomb(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, 1u << 20);
    pl_buf_add_cstr(&text, "ENV A0=xxxxxxxx\n");
    for (int i = 1; i < 64; i++)
        pl_buf_addf(&text, "ENV A%d=$A%d$A%d\n", i, i - 1, i - 1);
    pl_buf_add_cstr(&text, "ENV V=$A63\n");
    struct pl_str value = value_of(&arena, text.data);
    assert_true(pl_str_starts(value, "?"));
    assert_true(arena.total < 32u << 20);
}

/* ---- what Docker refuses ---- */

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_dockerfile file;
    struct pl_docker_stages stages;
    return pl_dockerfile_read(arena, source, &file, err) &&
           pl_docker_stages_read(arena, &file, &stages, err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("dockerfile-errors.data", parse, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_places),
        cmocka_unit_test(test_heredocs),  cmocka_unit_test(test_json),
        cmocka_unit_test(test_ignored),   cmocka_unit_test(test_images),
        cmocka_unit_test(test_variables), cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
