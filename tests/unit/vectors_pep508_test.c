/* The tables that `packaging` answered: tests/data/vectors/ORIGIN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/vec.h"
#include "pep/marker.h"
#include "pep/name.h"
#include "pep/requirement.h"
#include "pep/tags.h"
#include "pep/wheelname.h"
#include "tests/unit/vectors.h"

/* Every row that differs on purpose, as docs/differences.md has them. */
static const struct vectors_difference differences[] = {
    {"wheel_tags", "foo_b\xc3\xa1r-1.0-py3-none-any.whl"},
    {NULL, NULL},
};

static struct pl_str printed(struct pl_arena *arena,
                             const struct pl_marker *marker)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_marker_print(marker, &out);
    assert_true(pl_buf_ok(&out));
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static const struct pl_marker *parsed(struct pl_arena *arena,
                                      struct pl_str text)
{
    const struct pl_marker *marker = NULL;
    if (!pl_marker_parse(arena, text, &marker, NULL))
        fail_msg("refused: %.*s", PL_STR_ARG(text));
    return marker;
}

/* ---- markers ---- */

static bool check_marker_parse(struct pl_arena *arena,
                               struct pl_json_value root,
                               struct pl_json_value row)
{
    (void)root;
    const struct pl_marker *marker;
    struct pl_str text = vectors_text(row, "marker");
    bool ok = pl_marker_parse(arena, text, &marker, NULL);
    if (!ok || !vectors_bool(row, "ok"))
        return ok == vectors_bool(row, "ok");
    struct pl_str normal = printed(arena, marker);
    return pl_str_eq(normal, vectors_text(row, "normalized")) &&
           pl_str_eq(normal, printed(arena, parsed(arena, normal)));
}

static void test_marker_parse(void **state)
{
    (void)state;
    vectors_run("marker_parse", check_marker_parse, "marker", differences, 538);
}

/* Targets that pl_env_make does not make: other systems, pre-releases. */
static struct pl_env env_of(struct pl_arena *arena, struct pl_json_value e)
{
    struct pl_env env = {
        .patch_known = true,
        .python_version = vectors_text(e, "python_version"),
        .python_full = vectors_text(e, "python_full_version"),
        .arch = vectors_text(e, "platform_machine"),
        .os_name = vectors_text(e, "os_name"),
        .sys_platform = vectors_text(e, "sys_platform"),
        .platform_system = vectors_text(e, "platform_system"),
        .platform_release = vectors_text(e, "platform_release"),
        .platform_version = vectors_text(e, "platform_version"),
        .implementation_name = vectors_text(e, "implementation_name"),
        .implementation_version = vectors_text(e, "implementation_version"),
        .platform_python_implementation =
            vectors_text(e, "platform_python_implementation"),
    };
    assert_true(pl_version_parse(arena, env.python_full, &env.full, NULL));
    env.python_major = (uint32_t)env.full.release[0];
    env.python_minor = (uint32_t)env.full.release[1];
    return env;
}

static bool check_marker_eval(struct pl_arena *arena, struct pl_json_value root,
                              struct pl_json_value row)
{
    struct pl_str name = pl_arena_dup(arena, vectors_text(row, "environment"));
    struct pl_env env =
        env_of(arena, vectors_get(vectors_get(root, "environments"), name.at));
    struct pl_str extra = pl_name_normalize(arena, vectors_text(row, "extra"));
    /* Where `packaging` refuses to compare, podlock's answer is no. */
    bool expected = false;
    pl_json_bool(vectors_get(row, "result"), &expected);
    const struct pl_marker *marker = parsed(arena, vectors_text(row, "marker"));
    const struct pl_marker *again = parsed(arena, printed(arena, marker));
    return pl_marker_eval(marker, &env, extra) == expected &&
           pl_marker_eval(again, &env, extra) == expected;
}

static void test_marker_eval(void **state)
{
    (void)state;
    vectors_run("marker_eval", check_marker_eval, "marker", differences, 1850);
}

/* ---- requirements ---- */

static int cmp_texts(const void *a, const void *b)
{
    const struct pl_str *left = a, *right = b;
    return pl_str_cmp(*left, *right);
}

static const char *const op_texts[] = {
    [PL_OP_EQ] = "==",         [PL_OP_EQ_STAR] = "==", [PL_OP_NE] = "!=",
    [PL_OP_NE_STAR] = "!=",    [PL_OP_LE] = "<=",      [PL_OP_GE] = ">=",
    [PL_OP_LT] = "<",          [PL_OP_GT] = ">",       [PL_OP_COMPAT] = "~=",
    [PL_OP_ARBITRARY] = "===",
};

/* The clauses as written, sorted: packaging's str(). */
static struct pl_str clause_texts(struct pl_arena *arena,
                                  const struct pl_specifier *s)
{
    struct pl_str *texts = pl_new_array(arena, struct pl_str, s->count + 1);
    for (uint32_t i = 0; i < s->count; i++)
        texts[i] = pl_arena_printf(arena, "%s%.*s", op_texts[s->clauses[i].op],
                                   PL_STR_ARG(s->clauses[i].text));
    qsort(texts, s->count, sizeof(*texts), cmp_texts);
    struct pl_str joined = PL_STR("");
    for (uint32_t i = 0; i < s->count; i++)
        joined = pl_arena_printf(arena, "%.*s%s%.*s", PL_STR_ARG(joined),
                                 i ? "," : "", PL_STR_ARG(texts[i]));
    return joined;
}

/* Empty stands for null. */
static bool same_text(struct pl_json_value row, const char *key,
                      struct pl_str ours)
{
    struct pl_str theirs = {0};
    pl_json_str(vectors_get(row, key), &theirs);
    return pl_str_eq(ours, theirs);
}

/* The table has them sorted as written, podlock normalised. */
static bool same_extras(struct pl_arena *arena, struct pl_json_value row,
                        const struct pl_requirement *r)
{
    struct pl_json_iter it = pl_json_items(vectors_get(row, "extras"));
    struct pl_json_value value;
    PL_VEC(struct pl_str) names = {0};
    while (pl_json_next(&it, NULL, &value)) {
        struct pl_str name = {0};
        assert_true(pl_json_str(value, &name));
        pl_vec_push(arena, &names, pl_name_normalize(arena, name));
    }
    if (names.len != r->extra_count)
        return false;
    if (names.len)
        qsort(names.at, names.len, sizeof(*names.at), cmp_texts);
    for (size_t i = 0; i < names.len; i++)
        if (!pl_str_eq(names.at[i], r->extras[i]))
            return false;
    return true;
}

static struct pl_str requirement_text(struct pl_arena *arena,
                                      const struct pl_requirement *r)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_requirement_print(r, &out);
    assert_true(pl_buf_ok(&out));
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static bool prints_stably(struct pl_arena *arena,
                          const struct pl_requirement *r)
{
    struct pl_requirement again;
    struct pl_str text = requirement_text(arena, r);
    return pl_requirement_parse(arena, text, &again, NULL) &&
           pl_str_eq(requirement_text(arena, &again), text);
}

static bool check_requirement(struct pl_arena *arena, struct pl_json_value root,
                              struct pl_json_value row)
{
    (void)root;
    struct pl_requirement r, lenient;
    struct pl_str text = vectors_text(row, "input");
    bool repaired = true;
    bool ok = pl_requirement_parse(arena, text, &r, NULL);
    if (!ok || !vectors_bool(row, "ok"))
        return ok == vectors_bool(row, "ok");
    return same_text(row, "name", r.written_name) &&
           same_text(row, "normalized_name", r.name) &&
           same_extras(arena, row, &r) &&
           same_text(row, "specifier", clause_texts(arena, &r.specifier)) &&
           same_text(row, "url", r.url) &&
           same_text(row, "marker", printed(arena, r.marker)) &&
           prints_stably(arena, &r) &&
           pl_requirement_parse_lenient(arena, text, &lenient, &repaired,
                                        NULL) &&
           !repaired;
}

static void test_requirement_parse(void **state)
{
    (void)state;
    vectors_run("requirement_parse", check_requirement, "input", differences,
                1280);
}

/* ---- file names ---- */

static bool same_build(struct pl_json_value row, const struct pl_wheelname *w)
{
    struct pl_json_iter it = pl_json_items(vectors_get(row, "build"));
    struct pl_json_value number, rest;
    uint64_t theirs = 0;
    struct pl_str text = {0};
    if (!pl_json_next(&it, NULL, &number))
        return !w->tags.has_build;
    return w->tags.has_build && pl_json_u64(number, &theirs) &&
           theirs == w->tags.build_number && pl_json_next(&it, NULL, &rest) &&
           pl_json_str(rest, &text) && pl_str_eq(text, w->tags.build_rest);
}

static bool has_part(struct pl_str set, struct pl_str part)
{
    struct pl_str at;
    while (pl_str_cut(&set, '.', &at))
        if (at.len == part.len && strncasecmp(at.at, part.at, at.len) == 0)
            return true;
    return false;
}

static size_t count_parts(struct pl_str set)
{
    size_t count = 0;
    for (struct pl_str part; pl_str_cut(&set, '.', &part);)
        count++;
    return count;
}

static bool same_tags(struct pl_json_value row, const struct pl_wheelname *w)
{
    struct pl_json_iter it = pl_json_items(vectors_get(row, "tags"));
    struct pl_json_value value;
    size_t count = 0;
    for (; pl_json_next(&it, NULL, &value); count++) {
        struct pl_str tag = {0}, python, abi, platform;
        if (!pl_json_str(value, &tag) || !pl_str_cut(&tag, '-', &python) ||
            !pl_str_cut(&tag, '-', &abi) || !pl_str_cut(&tag, '-', &platform))
            return false;
        if (!has_part(w->tags.python, python) || !has_part(w->tags.abi, abi) ||
            !has_part(w->tags.platform, platform))
            return false;
    }
    return count == count_parts(w->tags.python) * count_parts(w->tags.abi) *
                        count_parts(w->tags.platform);
}

static bool check_wheel(struct pl_arena *arena, struct pl_json_value row)
{
    struct pl_wheelname w;
    bool ok =
        pl_wheelname_parse(arena, vectors_text(row, "filename"), &w, NULL);
    if (!ok || !vectors_bool(row, "ok"))
        return ok == vectors_bool(row, "ok");
    return same_text(row, "name", w.name) &&
           same_text(row, "version", pl_version_text(arena, &w.version)) &&
           same_build(row, &w) && same_tags(row, &w);
}

/* The project's name must not change what is read, and another is refused. */
static bool check_sdist(struct pl_arena *arena, struct pl_json_value row)
{
    struct pl_version version, named;
    struct pl_str text = vectors_text(row, "filename"), none = {0};
    bool ok = pl_sdistname_parse(arena, text, none, &version, NULL);
    if (!ok || !vectors_bool(row, "ok"))
        return ok == vectors_bool(row, "ok");
    return same_text(row, "version", pl_version_text(arena, &version)) &&
           pl_sdistname_parse(arena, text, vectors_text(row, "name"), &named,
                              NULL) &&
           pl_version_cmp(&version, &named) == 0 &&
           !pl_sdistname_parse(arena, text, PL_STR("other"), &named, NULL);
}

static bool check_file_name(struct pl_arena *arena, struct pl_json_value root,
                            struct pl_json_value row)
{
    (void)root;
    struct pl_str text = vectors_text(row, "filename");
    struct pl_str end =
        pl_str_sub(text, text.len > 4 ? text.len - 4 : 0, text.len);
    return pl_str_is_nocase(end, ".whl") ? check_wheel(arena, row)
                                         : check_sdist(arena, row);
}

static void test_wheel_tags(void **state)
{
    (void)state;
    vectors_run("wheel_tags", check_file_name, "filename", differences, 1717);
}

/* ---- tags ---- */

static const struct target {
    const char *name, *python, *glibc, *arch; /* no glibc: only listed */
} targets[] = {
    {"cp312 linux x86_64 glibc 2.28", "3.12", "2.28", "x86_64"},
    {"cp39 linux x86_64 glibc 2.17", "3.9", "2.17", "x86_64"},
    {"cp313 linux aarch64 glibc 2.36", "3.13.1", "2.36", "aarch64"},
    {"cp312 linux x86_64 musl 1.2", NULL, NULL, NULL},
    {"cp311 macos 14 arm64", NULL, NULL, NULL},
    {"cp310 macos 12 x86_64", NULL, NULL, NULL},
    {"cp38 windows amd64", NULL, NULL, NULL},
};

/* For the whole test: one set of tags a target. */
struct tag_sets {
    struct pl_arena arena;
    const struct pl_tags *listed[PL_COUNT(targets)];
    const struct pl_tags *made[PL_COUNT(targets)];
};

static struct tag_sets tag_sets;

static const struct pl_tags *listed_tags(struct pl_json_value list)
{
    struct pl_json_iter it = pl_json_items(list);
    struct pl_json_value value;
    PL_VEC(struct pl_str) tags = {0};
    while (pl_json_next(&it, NULL, &value)) {
        struct pl_str tag = {0};
        assert_true(pl_json_str(value, &tag));
        pl_vec_push(&tag_sets.arena, &tags, tag);
    }
    return pl_tags_from_list(&tag_sets.arena, tags.at, tags.len);
}

static const struct pl_tags *made_tags(const struct target *target)
{
    struct pl_env env;
    if (!target->glibc)
        return NULL;
    assert_true(pl_env_make(&tag_sets.arena, pl_str_from(target->python),
                            pl_str_from(target->glibc),
                            pl_str_from(target->arch), &env, NULL));
    return pl_tags_make(&tag_sets.arena, &env);
}

static int load_tags(void **state)
{
    (void)state;
    struct pl_json *doc = vectors_load(&tag_sets.arena, "target_tags");
    struct pl_json_value all = vectors_get(pl_json_root(doc), "targets");
    for (size_t i = 0; i < PL_COUNT(targets); i++) {
        tag_sets.listed[i] = listed_tags(vectors_get(all, targets[i].name));
        tag_sets.made[i] = made_tags(&targets[i]);
    }
    pl_json_destroy(doc);
    return 0;
}

static int finish_tags(void **state)
{
    (void)state;
    pl_arena_finish(&tag_sets.arena);
    return 0;
}

static void test_target_tags(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_json *doc = vectors_load(&arena, "target_tags");
    struct pl_json_value all = vectors_get(pl_json_root(doc), "targets");
    size_t count = 0, made = 0;
    for (size_t t = 0; t < PL_COUNT(targets); t++) {
        struct pl_json_iter it =
            pl_json_items(vectors_get(all, targets[t].name));
        struct pl_json_value value;
        const struct pl_tags *m = tag_sets.made[t], *l = tag_sets.listed[t];
        size_t i = 0;
        for (; pl_json_next(&it, NULL, &value); i++) {
            struct pl_str tag = {0};
            assert_true(pl_json_str(value, &tag));
            assert_true(pl_str_eq(pl_tags_at(&arena, l, i), tag));
            if (m)
                assert_true(pl_str_eq(pl_tags_at(&arena, m, i), tag));
        }
        assert_int_equal(pl_tags_count(l), i);
        if (m)
            assert_int_equal(pl_tags_count(m), i);
        count += i;
        made += m ? i : 0;
    }
    pl_json_destroy(doc);
    print_message("target_tags: %zu targets, %zu tags, %zu of them made by "
                  "podlock\n",
                  PL_COUNT(targets), count, made);
    assert_int_equal(count, 4569);
    assert_int_equal(made, 1794);
}

static bool holds(struct pl_json_value row, const char *key, struct pl_str text)
{
    struct pl_json_iter it = pl_json_items(vectors_get(row, key));
    struct pl_json_value value;
    struct pl_str at;
    while (pl_json_next(&it, NULL, &value))
        if (pl_json_str(value, &at) && pl_str_eq(at, text))
            return true;
    return false;
}

static uint32_t rank_of(struct pl_arena *arena, const struct pl_tags *tags,
                        struct pl_json_value filename)
{
    struct pl_wheelname w;
    struct pl_str text = {0};
    assert_true(pl_json_str(filename, &text));
    assert_true(pl_wheelname_parse(arena, text, &w, NULL));
    return pl_tags_rank(tags, w.tags.python, w.tags.abi, w.tags.platform);
}

/* Those that fit are `compatible`, and the best of them `best`. */
static bool same_fitting(struct pl_arena *arena, const struct pl_tags *tags,
                         struct pl_json_value row)
{
    struct pl_json_iter it = pl_json_items(vectors_get(row, "wheels"));
    struct pl_json_value wheel;
    uint32_t best = PL_TAG_NONE;
    while (pl_json_next(&it, NULL, &wheel)) {
        uint32_t rank = rank_of(arena, tags, wheel);
        best = rank < best ? rank : best;
    }
    it = pl_json_items(vectors_get(row, "wheels"));
    while (pl_json_next(&it, NULL, &wheel)) {
        struct pl_str text = {0};
        uint32_t rank = rank_of(arena, tags, wheel);
        assert_true(pl_json_str(wheel, &text));
        if ((rank != PL_TAG_NONE) != holds(row, "compatible", text) ||
            (rank != PL_TAG_NONE && rank == best) != holds(row, "best", text))
            return false;
    }
    return true;
}

static bool same_order(struct pl_arena *arena, const struct pl_tags *tags,
                       struct pl_json_value row)
{
    struct pl_json_iter it = pl_json_items(vectors_get(row, "compatible"));
    struct pl_json_value wheel;
    uint32_t last = 0;
    while (pl_json_next(&it, NULL, &wheel)) {
        uint32_t rank = rank_of(arena, tags, wheel);
        if (rank < last)
            return false;
        last = rank;
    }
    return true;
}

static bool check_compat(struct pl_arena *arena, struct pl_json_value root,
                         struct pl_json_value row)
{
    (void)root;
    struct pl_str name = vectors_text(row, "target");
    size_t t = 0;
    while (!pl_str_is(name, targets[t].name))
        assert_true(++t < PL_COUNT(targets));
    const struct pl_tags *sets[] = {tag_sets.listed[t], tag_sets.made[t]};
    for (size_t i = 0; i < PL_COUNT(sets); i++)
        if (sets[i] && (!same_fitting(arena, sets[i], row) ||
                        !same_order(arena, sets[i], row)))
            return false;
    return true;
}

static void test_wheel_compat(void **state)
{
    (void)state;
    vectors_run("wheel_compat", check_compat, "target", differences, 525);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marker_parse),
        cmocka_unit_test(test_marker_eval),
        cmocka_unit_test(test_requirement_parse),
        cmocka_unit_test(test_wheel_tags),
        cmocka_unit_test(test_target_tags),
        cmocka_unit_test(test_wheel_compat),
    };
    return cmocka_run_group_tests(tests, load_tags, finish_tags);
}
