#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "rules/image_ref.h"
#include "rules/template.h"
#include "tests/unit/wrong.h"

/* ---- references and tags ---- */

static void test_ref(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *tag, *digest;
    } table[] = {
        {"runpod/pytorch:1", "runpod/pytorch", "1", ""},
        {"docker.io/runpod/pytorch:1", "runpod/pytorch", "1", ""},
        {"index.docker.io/a/b", "a/b", "", ""},
        {"docker://docker.io/a/b:c", "a/b", "c", ""},
        {"nvcr.io/nvidia/pytorch:25.11-py3", "nvcr.io/nvidia/pytorch",
         "25.11-py3", ""},
        {"localhost:5000/a/b", "localhost:5000/a/b", "", ""},
        {"localhost:5000/a/b:c", "localhost:5000/a/b", "c", ""},
        {"a/b:c@sha256:00", "a/b", "c", "sha256:00"},
        {"a/b@sha256:00", "a/b", "", "sha256:00"},
        {"pytorch:c", "pytorch", "c", ""},
        {" 1.0.2-cu1281 ", "", "1.0.2-cu1281", ""},
        {"name@sha256:00", "name", "", "sha256:00"},
        {"", "", "", ""},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_image_ref ref =
            pl_image_ref_parse(pl_str_from(table[i].text));
        if (!pl_str_is(ref.name, table[i].name) ||
            !pl_str_is(ref.tag, table[i].tag) ||
            !pl_str_is(ref.digest, table[i].digest))
            fail_msg("%s: `%.*s` `%.*s` `%.*s`", table[i].text,
                     PL_STR_ARG(ref.name), PL_STR_ARG(ref.tag),
                     PL_STR_ARG(ref.digest));
    }
}

/* "series python torch cuda ubuntu", with - for what is not said. */
static struct pl_str show_tag(struct pl_arena *arena, const char *text)
{
    struct pl_image_tag tag;
    if (!pl_image_tag_parse(arena, pl_str_from(text), &tag))
        return PL_STR("none");
    struct pl_str parts[] = {tag.series, tag.python, tag.torch, tag.cuda,
                             tag.ubuntu};
    PL_BUF(out, 1000);
    for (size_t i = 0; i < PL_COUNT(parts); i++)
        pl_buf_addf(&out, "%s%.*s", i ? " " : "",
                    PL_STR_ARG(parts[i].len ? parts[i] : PL_STR("-")));
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void test_tag(void **state)
{
    (void)state;
    static const struct {
        const char *tag, *says;
    } table[] = {
        {"2.4.0-py3.11-cuda12.4.1-devel-ubuntu22.04",
         "- 3.11 2.4.0 12.4.1 22.04"},
        {"2.8.0-py3.11-cuda12.8.1-cudnn-devel-ubuntu22.04",
         "- 3.11 2.8.0 12.8.1 22.04"},
        {"2.1.0-py3.10-cuda11.8.0", "- 3.10 2.1.0 11.8.0 -"},
        {"2.1.0-py3.10-cuda11.8", "- 3.10 2.1.0 11.8 -"},
        {"2.1.0-py3.10-cuda11", "none"},
        {"2.1-py3.10-cuda11.8.0", "none"},
        {"2.1.0.1-py3.10-cuda11.8.0", "none"},
        {"2.1.0-py3.10-cuda11.8.0-runtime", "none"},
        {"2.1.0-py3.10-cuda11.8.0-devel-cudnn", "none"},
        {"2.1.0-py3.10-cuda11.8.0-ubuntu", "none"},
        {"2.1.0-py-cuda11.8.0", "none"},
        {"2.4.0-py3.10-rocm6.1.0-ubuntu22.04", "none"},
        {"1.0.2-cu1281-torch280-ubuntu2404", "1.0.2 3.12 2.8.0 12.8.1 24.04"},
        {"1.0.7-cu1300-torch2121-ubuntu2204", "1.0.7 3.12 2.12.1 13.0.0 22.04"},
        {"0.7.0-cu1241-torch260-ubuntu2204", "0.7.0 3.10 2.6.0 12.4.1 22.04"},
        {"1.0.0-cu1281-torch280-ubuntu2404", "1.0.0 - 2.8.0 12.8.1 24.04"},
        {"1.0.10-cu1281-torch280-ubuntu2404", "1.0.10 3.12 2.8.0 12.8.1 24.04"},
        {"1.0.3-rc.2-cu1281-torch280-ubuntu2404",
         "1.0.3 3.12 2.8.0 12.8.1 24.04"},
        {"1.0.3-dev-new-cudnn9-cu1281-torch280-ubuntu2404",
         "1.0.3 3.12 2.8.0 12.8.1 24.04"},
        {"1.0.3-rc.-cu1281-torch280-ubuntu2404", "none"},
        {"1.0.3-beta-cu1281-torch280-ubuntu2404", "none"},
        {"1.0.3-cu128-torch280-ubuntu2404", "none"},
        {"1.0.3-cu1281-torch28-ubuntu2404", "none"},
        {"1.0.3-cu1281-torch28000-ubuntu2404", "none"},
        {"1.0.3-cu1281-torch280-ubuntu24.04", "none"},
        {"1.0.3-cu1281-torch280", "none"},
        {"1.0-cu1281-torch280-ubuntu2404", "none"},
        {"0.7.0-ubuntu2204-cu1241-torch260", "none"},
        {"25.11-py3", "none"},
        {"latest", "none"},
        {"", "none"},
        {"-", "none"},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_str says = show_tag(&arena, table[i].tag);
        if (!pl_str_is(says, table[i].says))
            fail_msg("%s: %.*s", table[i].tag, PL_STR_ARG(says));
    }
}

static void test_dotted(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
    } table[] = {
        {"1.0.2", "1.0.10", -1}, {"1.0.2", "1.0.2", 0}, {"1.0", "1.0.0", 0},
        {"2", "1.9.9", 1},       {"", "0.7.0", -1},     {"", "", 0},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_str a = pl_str_from(table[i].a), b = pl_str_from(table[i].b);
        assert_int_equal(pl_dotted_cmp(a, b), table[i].order);
        assert_int_equal(pl_dotted_cmp(b, a), -table[i].order);
    }
}

/* ---- finding ---- */

#define DIGEST_107                                                             \
    "sha256:82d75acd177789c2d84232be35f003a7e959b75c35da57ab35ab6ed68e9cad6a"
#define DIGEST_OTHER                                                           \
    "sha256:00000000000000000000000000000000000000000000000000000000000000ff"
#define OLD "runpod/pytorch:2.4.0-py3.11-cuda12.4.1"
#define NEW "cu1281-torch280-ubuntu2404"
#define AT_102 "runpod-102-" NEW
#define AT_107 "runpod-107-" NEW

static const struct {
    const char *wanted, *id;
    enum pl_template_match match;
} finds[] = {
    {AT_102, AT_102, PL_TEMPLATE_BY_ID},
    {"vast-torch291-cu128-py312", "vast-torch291-cu128-py312",
     PL_TEMPLATE_BY_ID},
    /* listed */
    {"runpod/pytorch:1.0.2-" NEW, AT_102, PL_TEMPLATE_BY_IMAGE},
    {"docker.io/runpod/pytorch:1.0.2-" NEW, AT_102, PL_TEMPLATE_BY_IMAGE},
    {"1.0.7-" NEW, AT_107, PL_TEMPLATE_BY_IMAGE},
    {OLD "-devel-ubuntu22.04", "runpod-torch240-cu124-py311",
     PL_TEMPLATE_BY_IMAGE},
    {"2.4.0-py3.11-cuda12.4.1-devel-ubuntu22.04", "runpod-torch240-cu124-py311",
     PL_TEMPLATE_BY_IMAGE},
    {"nvcr.io/nvidia/pytorch:25.11-py3", "ngc-pytorch-2511-py312",
     PL_TEMPLATE_BY_IMAGE},
    {"runpod/nvidia-pytorch:1.0.7-25.11", "runpod-nvidia-pytorch-107-2511",
     PL_TEMPLATE_BY_IMAGE},
    {"runpod/pytorch:0.7.0-ubuntu2204-cu1241-torch260",
     "runpod-070-cu1241-torch260-py310", PL_TEMPLATE_BY_IMAGE},
    /* A digest tells more than a tag, even another template's. */
    {"runpod/pytorch@" DIGEST_107, AT_107, PL_TEMPLATE_BY_DIGEST},
    {"runpod/pytorch:1.0.2-" NEW "@" DIGEST_107, AT_107, PL_TEMPLATE_BY_DIGEST},
    {"runpod/pytorch:1.0.2-" NEW "@" DIGEST_OTHER, AT_102, PL_TEMPLATE_BY_TAG},
    /* tags that never were, or elsewhere */
    {OLD, "runpod-torch240-cu124-py311", PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:2.4.0-py3.11-cuda12.4", "runpod-torch240-cu124-py311",
     PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:2.4.1-py3.11-cuda12.4.1-devel-ubuntu22.04",
     "runpod-torch240-cu124-py311", PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:2.8.0-py3.11-cuda12.8.1-devel-ubuntu22.04",
     "runpod-torch280-cu128-py311", PL_TEMPLATE_BY_TAG},
    {"ghcr.io/me/pytorch:1.0.2-" NEW, AT_102, PL_TEMPLATE_BY_TAG},
    {"localhost:5000/runpod/pytorch:1.0.7-" NEW, AT_107, PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:1.0.3-rc.2-" NEW, AT_102, PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:0.7.1-cu1241-torch260-ubuntu2204",
     "runpod-070-cu1241-torch260-py310", PL_TEMPLATE_BY_TAG},
    /* of several series: the newest that is not newer, else the oldest */
    {"runpod/pytorch:1.0.6-" NEW, AT_102, PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:1.0.8-" NEW, AT_107, PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:1.0.10-" NEW, AT_107, PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:1.0.1-" NEW, AT_102, PL_TEMPLATE_BY_TAG},
    {"runpod/pytorch:1.0.0-" NEW, AT_102, PL_TEMPLATE_BY_TAG},
    /* no series: the newest */
    {"runpod/pytorch:2.8.0-py3.12-cuda12.8.1", AT_107, PL_TEMPLATE_BY_TAG},
    {"2.9.1-py3.12-cuda12.8.1-devel-ubuntu24.04",
     "runpod-107-cu1281-torch291-ubuntu2404", PL_TEMPLATE_BY_TAG},
    {"2.8.0-py3.12-cuda12.8.1-devel-ubuntu22.04",
     "runpod-102-cu1281-torch280-ubuntu2204", PL_TEMPLATE_BY_TAG},
};

static void test_find(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(finds); i++) {
        PL_ARENA(arena);
        struct pl_template t;
        struct pl_error err = {.arena = &arena};
        if (!pl_template_find(&arena, pl_str_from(finds[i].wanted), &t, &err))
            fail_msg("%s: %.*s", finds[i].wanted,
                     PL_STR_ARG(wrong_render(&arena, &err)));
        if (!pl_str_is(t.id, finds[i].id) || t.match != finds[i].match)
            fail_msg("%s: %.*s, %u", finds[i].wanted, PL_STR_ARG(t.id),
                     t.match);
        assert_true(t.fact_count > 0);
        assert_int_equal(t.digest.len, 64);
        assert_non_null(t.source);
    }
}

#define HOW_TO                                                                 \
    "`podlock templates list` shows all, and a file of your own describes "    \
    "any other container\n"

static const struct {
    const char *wanted, *error;
} unknown[] = {
    {"runpod-102-cu1281-torch280-ubuntu2304",
     "error: no template is known as `runpod-102-cu1281-torch280-ubuntu2304`\n"
     "fix: near it are "},
    {"", "error: no template is known as ``\nfix: " HOW_TO},
    {"xyzzy", "error: no template is known as `xyzzy`\nfix: " HOW_TO},
    {"a\x1b[2J", "error: no template is known as `a\\x1b[2J`\nfix: " HOW_TO},
    /* The Python of a series decides, too: 1.0.2 has torch in 3.12. */
    {"runpod/pytorch:1.0.2-cu1241-torch260-ubuntu2204",
     "error: no template is known for the image "
     "`runpod/pytorch:1.0.2-cu1241-torch260-ubuntu2204`\n"
     "because: its tag says torch 2.6.0, Python 3.12, CUDA 12.4.1, Ubuntu "
     "22.04, and no template has these\n"
     "fix: near it are runpod-070-cu1241-torch260-py310, "},
    {"runpod/pytorch:2.8.0-py3.13-cuda12.8.1",
     "error: no template is known for the image "
     "`runpod/pytorch:2.8.0-py3.13-cuda12.8.1`\n"
     "because: its tag says torch 2.8.0, Python 3.13, CUDA 12.8.1, and no "
     "template has these\n"
     "fix: near it are runpod-102-cu1281-torch280-ubuntu2204, "
     "runpod-102-cu1281-torch280-ubuntu2404, "
     "runpod-107-cu1281-torch280-ubuntu2404, "},
    {"runpod/pytorch:2.4.1-py3.11-cuda12.4.0",
     "error: no template is known for the image "
     "`runpod/pytorch:2.4.1-py3.11-cuda12.4.0`\n"
     "because: its tag says torch 2.4.1, Python 3.11, CUDA 12.4.0, and no "
     "template has these\n"
     "fix: near it are runpod-torch240-cu124-py311; "},
    {"runpod/pytorch:2.4.0-py3.10-rocm6.1.0-ubuntu22.04",
     "error: no template is known for the image "
     "`runpod/pytorch:2.4.0-py3.10-rocm6.1.0-ubuntu22.04`\n"
     "fix: near it are "},
    {"runpod/pytorch",
     "error: no template is known for the image `runpod/pytorch`\n"
     "because: it has no tag, and no file has that name\n"},
    {"runpod/pytorch@" DIGEST_OTHER,
     "error: no template is known for the image `runpod/pytorch@" DIGEST_OTHER
     "`\nfix: "},
    {"no/such.toml", "error: cannot read no/such.toml"},
    {"./x", "error: cannot read ./x"},
};

static void test_unknown(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(unknown); i++) {
        PL_ARENA(arena);
        struct pl_template t;
        struct pl_error err = {.arena = &arena};
        struct pl_str wanted = pl_str_from(unknown[i].wanted);
        assert_false(pl_template_find(&arena, wanted, &t, NULL));
        assert_false(pl_template_find(&arena, wanted, &t, &err));
        struct pl_str error = wrong_render(&arena, &err);
        if (!pl_str_starts(error, unknown[i].error))
            fail_msg("%s:\n%.*s", unknown[i].wanted, PL_STR_ARG(error));
        assert_int_equal(pl_error_exit_code(err.code),
                         err.code == PL_ERR_FILE ? 5 : 2);
    }
}

/* At most five, and the one meant is the first. */
static void test_near(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *first;
    } table[] = {
        {"runpod-torch-240-cu124-py311", "runpod-torch240-cu124-py311"},
        {"colab-gpu", "colab-gpu-20260819-py313"},
        {"ngc-pytorch-2510", "ngc-pytorch-2511-py312"},
        {"runpod-107-cu1300-torch291", "runpod-107-cu1300-torch291-ubuntu2404"},
        {"runpod/pytorch:1.0.7-cu1300-torch292-ubuntu2404",
         "runpod-103-cu1300-torch291-ubuntu2404"},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_template t;
        struct pl_error err = {.arena = &arena};
        assert_false(
            pl_template_find(&arena, pl_str_from(table[i].wanted), &t, &err));
        struct pl_str rest = err.hint, near;
        size_t commas = 0;
        assert_true(pl_str_starts(err.hint, "near it are "));
        assert_true(pl_str_cut(&rest, ';', &near));
        for (size_t k = 0; k < near.len; k++)
            commas += near.at[k] == ',';
        assert_true(commas < 5);
        near = pl_str_sub(near, strlen("near it are "), near.len);
        if (!pl_str_starts(near, table[i].first))
            fail_msg("%s: %.*s", table[i].wanted, PL_STR_ARG(near));
    }
}

/* ---- files ---- */

static void test_file(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template t;
    struct pl_error err = {.arena = &arena};
    char dir[] = "template_find_XXXXXX";
    assert_non_null(mkdtemp(dir));
    struct pl_str mine = pl_arena_printf(&arena, "%s/mine", dir);
    struct pl_str other = pl_arena_printf(&arena, "%s/x.toml", dir);
    bool saved = pl_file_save(mine,
                              PL_STR("podlock-template = 1\nid = \"me\"\n"
                                     "[environment]\npython = \"3.11\"\n"),
                              NULL) &&
                 pl_file_save(other, PL_STR("x = 1\n"), NULL);
    bool found = pl_template_find(&arena, mine, &t, &err);
    assert_int_equal(chdir(dir), 0);
    bool relative = pl_template_find(&arena, PL_STR("./mine"), &t, &err);
    bool bare = pl_template_find(&arena, PL_STR("mine"), &t, NULL);
    bool wrong = pl_template_find(&arena, PL_STR("x.toml"), &t, &err);
    assert_int_equal(chdir(".."), 0);
    unlink(mine.at);
    unlink(other.at);
    assert_int_equal(rmdir(dir), 0);
    assert_true(saved && !bare);
    assert_true(found && relative);
    assert_true(pl_str_is(t.id, "me"));
    assert_int_equal(t.match, PL_TEMPLATE_BY_FILE);
    assert_false(wrong);
    assert_string_equal(wrong_render(&arena, &err).at,
                        "x.toml:1:1: error: this is not a template\n"
                        "  1 | x = 1\n"
                        "    | ^\n"
                        "because: it has no `podlock-template = 1`\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ref),     cmocka_unit_test(test_tag),
        cmocka_unit_test(test_dotted),  cmocka_unit_test(test_find),
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_near),
        cmocka_unit_test(test_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
