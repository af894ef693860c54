/* The tables that `packaging` answered: tests/data/vectors/ORIGIN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pep/name.h"
#include "pep/specifier.h"
#include "pep/version.h"
#include "tests/unit/vectors.h"

static const struct vectors_difference differences[] = {
    {"version_parse", "99999999999999999999.1"},
    {"version_order", "99999999999999999999.1"},
    {NULL, NULL},
};

/* ---- version_parse ---- */

static bool same_text(struct pl_json_value row, const char *key,
                      struct pl_str ours)
{
    struct pl_str theirs = {0};
    bool has = pl_json_get_str(row, key, &theirs);
    return has ? pl_str_eq(ours, theirs) : ours.len == 0;
}

static bool same_number(struct pl_json_value row, const char *key, bool has,
                        uint64_t ours)
{
    struct pl_json_value value;
    uint64_t theirs;
    if (!pl_json_get(row, key, &value) || !pl_json_u64(value, &theirs))
        return !has;
    return has && ours == theirs;
}

static bool same_release(struct pl_json_value row, const struct pl_version *v)
{
    struct pl_json_iter it = pl_json_items(vectors_get(row, "release"));
    struct pl_json_value value;
    uint32_t count = 0;
    while (pl_json_next(&it, NULL, &value)) {
        uint64_t number;
        if (count >= v->release_count || !pl_json_u64(value, &number) ||
            number != v->release[count++])
            return false;
    }
    return count == v->release_count;
}

static bool same_pre(struct pl_json_value row, const struct pl_version *v)
{
    static const char *const names[] = {"", "a", "b", "rc"};
    struct pl_json_value value, part;
    if (!pl_json_get(row, "pre", &value) ||
        pl_json_type(value) != PL_JSON_ARRAY)
        return v->pre == PL_PRE_NONE;
    struct pl_json_iter it = pl_json_items(value);
    struct pl_str name = {0};
    uint64_t number = 0;
    return pl_json_next(&it, NULL, &part) && pl_json_str(part, &name) &&
           pl_json_next(&it, NULL, &part) && pl_json_u64(part, &number) &&
           pl_str_is(name, names[v->pre]) && number == v->pre_number;
}

/* `stripped` is the normal form without zeros at the end of the release. */
static struct pl_str stripped_text(struct pl_arena *arena,
                                   const struct pl_version *v)
{
    struct pl_version copy = *v;
    while (copy.release_count > 1 && !copy.release[copy.release_count - 1])
        copy.release_count--;
    return pl_version_text(arena, &copy);
}

static bool check_version_parse(struct pl_arena *arena,
                                struct pl_json_value root,
                                struct pl_json_value row)
{
    (void)root;
    struct pl_version v;
    bool ok = pl_version_parse(arena, vectors_text(row, "input"), &v, NULL);
    if (ok != vectors_bool(row, "ok") || !ok)
        return ok == vectors_bool(row, "ok");
    return same_text(row, "normalized", pl_version_text(arena, &v)) &&
           same_text(row, "stripped", stripped_text(arena, &v)) &&
           same_text(row, "local", v.local) && same_pre(row, &v) &&
           same_release(row, &v) && same_number(row, "epoch", true, v.epoch) &&
           same_number(row, "post", v.has_post, v.post_number) &&
           same_number(row, "dev", v.has_dev, v.dev_number) &&
           vectors_bool(row, "is_prerelease") == pl_version_is_prerelease(&v) &&
           vectors_bool(row, "is_postrelease") == v.has_post &&
           vectors_bool(row, "is_devrelease") == v.has_dev;
}

static void test_version_parse(void **state)
{
    (void)state;
    vectors_run("version_parse", check_version_parse, "input", differences,
                927);
}

/* ---- version_order ---- */

#define MAX_SPELLINGS 4000

struct ordered {
    struct pl_version v;
    size_t rank;
};

static struct pl_version parsed(struct pl_arena *arena, struct pl_str text)
{
    struct pl_version v;
    if (!pl_version_parse(arena, text, &v, NULL))
        fail_msg("%.*s is refused", PL_STR_ARG(text));
    return v;
}

struct order {
    struct ordered *at;
    size_t count, rows, left_out;
};

static void read_spellings(struct pl_arena *arena, struct pl_json_value row,
                           struct order *order)
{
    struct pl_json_iter it = pl_json_items(vectors_get(row, "spellings"));
    struct pl_json_value spelling;
    while (pl_json_next(&it, NULL, &spelling)) {
        struct pl_str text = {0};
        assert_true(pl_json_str(spelling, &text));
        assert_true(order->count < MAX_SPELLINGS);
        order->at[order->count++] =
            (struct ordered){parsed(arena, text), order->rows};
    }
}

static struct order read_order(struct pl_arena *arena)
{
    struct order order = {
        .at = pl_new_array(arena, struct ordered, MAX_SPELLINGS)};
    struct pl_json *doc = vectors_load(arena, "version_order");
    struct pl_json_value row, rows = vectors_get(pl_json_root(doc), "rows");
    struct pl_json_iter it = pl_json_items(rows);
    for (; pl_json_next(&it, NULL, &row); order.rows++) {
        if (vectors_differs(differences, "version_order",
                            vectors_text(row, "canonical")))
            order.left_out++;
        else
            read_spellings(arena, row, &order);
    }
    pl_json_destroy(doc);
    return order;
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* With keys and, both taken away, without: the two orders are one. */
static size_t count_misordered(const struct ordered *a, const struct ordered *b)
{
    int expected = (a->rank > b->rank) - (a->rank < b->rank);
    struct pl_version left = a->v, right = b->v;
    left.key = right.key = 0;
    return (sign(pl_version_cmp(&a->v, &b->v)) != expected) +
           (sign(pl_version_cmp(&left, &right)) != expected);
}

static void test_version_order(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct order order = read_order(&arena);
    size_t differ = 0, packed = 0;
    for (size_t i = 0; i < order.count; i++) {
        packed += order.at[i].v.key != 0;
        for (size_t j = 0; j < order.count; j++)
            differ += count_misordered(&order.at[i], &order.at[j]);
    }
    print_message("version_order: %zu rows, %zu left out on purpose; "
                  "%zu spellings, %zu packed; %zu pairs, %zu differ\n",
                  order.rows, order.left_out, order.count, packed,
                  order.count * order.count, differ);
    assert_int_equal(order.rows, 769);
    assert_int_equal(order.left_out,
                     vectors_count(differences, "version_order"));
    assert_int_equal(differ, 0);
}

/* ---- specifiers ---- */

static bool check_specifier_parse(struct pl_arena *arena,
                                  struct pl_json_value root,
                                  struct pl_json_value row)
{
    (void)root;
    struct pl_specifier s;
    return pl_specifier_parse(arena, vectors_text(row, "spec"), &s, NULL) ==
           vectors_bool(row, "ok");
}

static void test_specifier_parse(void **state)
{
    (void)state;
    vectors_run("specifier_parse", check_specifier_parse, "spec", differences,
                413);
}

enum prereleases { REFUSED, ADMITTED, BY_DEFAULT };

static enum prereleases prereleases_of(struct pl_json_value row)
{
    struct pl_json_value value = vectors_get(row, "prereleases");
    bool admitted = false;
    if (!pl_json_bool(value, &admitted))
        return BY_DEFAULT;
    return admitted ? ADMITTED : REFUSED;
}

static struct pl_specifier specifier_of(struct pl_arena *arena,
                                        struct pl_json_value row)
{
    struct pl_specifier s;
    struct pl_str text = vectors_text(row, "spec");
    if (!pl_specifier_parse(arena, text, &s, NULL))
        fail_msg("%.*s is refused", PL_STR_ARG(text));
    return s;
}

/* A lone candidate has no final beside it: by default it may be any. */
static bool check_specifier_match(struct pl_arena *arena,
                                  struct pl_json_value root,
                                  struct pl_json_value row)
{
    (void)root;
    struct pl_specifier s = specifier_of(arena, row);
    struct pl_version v = parsed(arena, vectors_text(row, "version"));
    bool match = pl_specifier_match(&s, &v);
    struct pl_version unpacked = v;
    unpacked.key = 0;
    if (pl_specifier_match(&s, &unpacked) != match)
        return false;
    if (prereleases_of(row) == REFUSED && pl_version_is_prerelease(&v))
        match = false;
    return match == vectors_bool(row, "match");
}

static void test_specifier_match(void **state)
{
    (void)state;
    vectors_run("specifier_match", check_specifier_match, "spec", differences,
                12000);
}

struct candidates {
    struct pl_version at[64];
    bool match[64];
    size_t count, finals; /* finals that match */
};

static void read_candidates(struct pl_arena *arena, struct pl_json_value row,
                            struct candidates *c)
{
    struct pl_specifier s = specifier_of(arena, row);
    struct pl_json_iter it = pl_json_items(vectors_get(row, "versions"));
    struct pl_json_value value;
    while (pl_json_next(&it, NULL, &value)) {
        struct pl_str text = {0};
        assert_true(pl_json_str(value, &text) && c->count < 64);
        struct pl_version v = parsed(arena, text);
        c->match[c->count] = pl_specifier_match(&s, &v);
        c->finals += c->match[c->count] && !pl_version_is_prerelease(&v);
        c->at[c->count++] = v;
    }
}

/*
 * The caller's rule: pre-releases when they are admitted, when the specifier
 * names one, or when no final matches.
 */
static bool check_specifier_filter(struct pl_arena *arena,
                                   struct pl_json_value root,
                                   struct pl_json_value row)
{
    (void)root;
    struct candidates c = {0};
    read_candidates(arena, row, &c);
    struct pl_specifier s = specifier_of(arena, row);
    bool wants = prereleases_of(row) == ADMITTED ||
                 (prereleases_of(row) == BY_DEFAULT &&
                  (c.finals == 0 || pl_specifier_names_prerelease(&s)));
    struct pl_json_iter result = pl_json_items(vectors_get(row, "result"));
    struct pl_json_value value;
    for (size_t i = 0; i < c.count; i++) {
        if (!c.match[i] || (pl_version_is_prerelease(&c.at[i]) && !wants))
            continue;
        struct pl_str text = {0};
        if (!pl_json_next(&result, NULL, &value) ||
            !pl_json_str(value, &text) || !pl_str_eq(text, c.at[i].text))
            return false;
    }
    return !pl_json_next(&result, NULL, &value);
}

static void test_specifier_filter(void **state)
{
    (void)state;
    vectors_run("specifier_filter", check_specifier_filter, "spec", differences,
                1424);
}

/* ---- names ---- */

static bool check_normalize(struct pl_arena *arena, struct pl_json_value root,
                            struct pl_json_value row)
{
    (void)root;
    struct pl_str name = vectors_text(row, "name");
    return pl_name_valid(name) == vectors_bool(row, "valid") &&
           pl_name_is_normal(name) == vectors_bool(row, "already_normal") &&
           same_text(row, "normalized", pl_name_normalize(arena, name));
}

static void test_normalize(void **state)
{
    (void)state;
    vectors_run("normalize", check_normalize, "name", differences, 207);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_parse),
        cmocka_unit_test(test_version_order),
        cmocka_unit_test(test_specifier_parse),
        cmocka_unit_test(test_specifier_match),
        cmocka_unit_test(test_specifier_filter),
        cmocka_unit_test(test_normalize),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
