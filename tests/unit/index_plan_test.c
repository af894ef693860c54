#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/index_plan.h"
#include "core/limits.h"
#include "core/vec.h"

#define MOST 8

/* What a user says, and which indexes are asked for it. */
struct row {
    const char *words[MOST], *vars[MOST];
    const char *variant; /* of the template */
    /* lines of a requirements file */
    const char *file_index, *file_extra, *file_links, *file_host;
    bool file_no_index;
    const char *sites[MOST];
    const char *torch, *link, *note;
};

static const char pypi[] = "https://pypi.org/simple/";

static struct pl_inputs inputs_of(struct pl_arena *arena, const struct row *row)
{
    struct pl_inputs in;
    pl_inputs_init(&in, arena);
    in.index_url = pl_str_from(row->file_index);
    in.no_index = row->file_no_index;
    if (row->file_extra)
        pl_vec_push(arena, &in.extra_index_urls, pl_str_from(row->file_extra));
    if (row->file_links)
        pl_vec_push(arena, &in.find_links, pl_str_from(row->file_links));
    if (row->file_host)
        pl_vec_push(arena, &in.trusted_hosts, pl_str_from(row->file_host));
    return in;
}

static bool make_plan(struct pl_arena *arena, const struct row *row,
                      struct pl_index_plan *plan, struct pl_error *err)
{
    struct pl_resolve_options options = {0};
    struct pl_parsed parsed;
    const struct pl_option_table tables[] = {
        {pl_resolve_option_table, PL_RESOLVE_OPTION_COUNT, &options}};
    if (!pl_options_parse(arena, tables, 1, row->words, row->vars,
                          "podlock resolve", &parsed, err))
        return false;
    struct pl_inputs inputs = inputs_of(arena, row);
    struct pl_plan_input in = {.options = &options,
                               .parsed = &parsed,
                               .inputs = &inputs,
                               .torch_variant = pl_str_from(row->variant)};
    return pl_index_plan_make(arena, &in, plan, err);
}

static void assert_text(size_t row, const char *what, struct pl_str text,
                        const char *expected)
{
    if (!pl_str_is(text, expected ? expected : ""))
        fail_msg("row %zu, %s: \"%.*s\" is not \"%s\"", row, what,
                 PL_STR_ARG(text), expected ? expected : "");
}

static void assert_plan(size_t i, const struct row *row)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_index_plan plan;
    if (!make_plan(&arena, row, &plan, &err))
        fail_msg("row %zu: %.*s", i, PL_STR_ARG(err.message));
    size_t count = 0;
    for (; row->sites[count]; count++)
        assert_text(i, "site",
                    count < plan.sites.len ? plan.sites.at[count] : PL_STR(""),
                    row->sites[count]);
    assert_int_equal(plan.sites.len, count);
    assert_text(i, "torch", plan.torch_site, row->torch);
    assert_int_equal(plan.find_links.len, row->link ? 1 : 0);
    if (row->link)
        assert_text(i, "link", plan.find_links.at[0], row->link);
    assert_int_equal(plan.notes.len, row->note ? 1 : 0);
    if (row->note &&
        pl_str_find_str(plan.notes.at[0], pl_str_from(row->note)) ==
            plan.notes.at[0].len)
        fail_msg("row %zu: %.*s", i, PL_STR_ARG(plan.notes.at[0]));
}

static void assert_plans(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_plan(i, &rows[i]);
}

static void sites(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.sites = {pypi}},
        {.words = {"-i", "https://a.invalid/s"},
         .vars = {"PIP_INDEX_URL=https://b.invalid/"},
         .file_index = "https://c.invalid/",
         .sites = {"https://a.invalid/s/"}},
        {.vars = {"UV_DEFAULT_INDEX=https://u.invalid/",
                  "PIP_INDEX_URL=https://b.invalid/"},
         .sites = {"https://b.invalid/"}},
        {.vars = {"PIP_INDEX_URL=https://b.invalid/",
                  "PODLOCK_DEFAULT_INDEX=https://d.invalid/"},
         .sites = {"https://d.invalid/"}},
        {.file_index = "https://c.invalid/",
         .file_extra = "https://e.invalid",
         .sites = {"https://e.invalid/", "https://c.invalid/"}},
        {.words = {"--index", "https://a.invalid",
                   "--extra-index-url=https://b.invalid"},
         .vars = {"PIP_EXTRA_INDEX_URL=https://z.invalid"},
         .file_extra = "https://e.invalid",
         .sites = {"https://a.invalid/", "https://b.invalid/",
                   "https://e.invalid/", pypi}},
        {.vars = {"UV_INDEX= one=https://a.invalid  https://b.invalid "},
         .sites = {"https://a.invalid/", "https://b.invalid/", pypi}},
        {.words = {"--index=https://a.invalid", "--index=https://a.invalid/",
                   "--index=https://pypi.org/simple"},
         .sites = {"https://a.invalid/", pypi}},
        {.words = {"--no-index"}, .file_index = "https://c.invalid/"},
        {.words = {"-i", "https://a.invalid"}, .file_no_index = true},
        {.words = {"-i", "http://127.0.0.1:3141/root"},
         .sites = {"http://127.0.0.1:3141/root/"}},
        {.words = {"-i", "http://a.invalid", "--trusted-host", "a.invalid"},
         .sites = {"http://a.invalid/"}},
        {.file_index = "http://a.invalid:81",
         .file_host = "a.invalid:81",
         .sites = {"http://a.invalid:81/"}},
        {.words = {"-f", "."}, .sites = {pypi}, .link = "."},
        {.vars = {"PIP_FIND_LINKS=/none/such"},
         .sites = {pypi},
         .note = "PIP_FIND_LINKS: there is no folder `/none/such`"},
        {.words = {"-f", "file:///"}, .sites = {pypi}, .link = "/"},
        {.file_links = "https://a.invalid/page.html?a=b",
         .sites = {pypi},
         .link = "https://a.invalid/page.html?a=b"},
    };
    assert_plans(rows, PL_COUNT(rows));
}

static void torch(void **state)
{
    (void)state;
    static const char usual[] = "https://download.pytorch.org/whl/cu124/";
    static const struct row rows[] = {
        {.variant = "cu124", .sites = {pypi}, .torch = usual},
        {.variant = "nightly/cu124",
         .sites = {pypi},
         .torch = "https://download.pytorch.org/whl/nightly/cu124/"},
        {.words = {"--torch-index-url", "https://m.invalid/whl"},
         .variant = "cu124",
         .sites = {pypi},
         .torch = "https://m.invalid/whl/cu124/"},
        {.words = {"--torch-index-url=https://m.invalid/whl/cu118"},
         .variant = "cu124",
         .sites = {pypi},
         .torch = "https://m.invalid/whl/cu118/"},
        {.words = {"--torch-index-url=https://m.invalid/torch/"},
         .sites = {pypi},
         .torch = "https://m.invalid/torch/"},
        /* named as one index among others, as everybody does */
        {.file_extra = "https://download.pytorch.org/whl/cu124",
         .variant = "cu124",
         .sites = {pypi},
         .torch = usual},
        {.file_extra = "https://download.pytorch.org/whl/cu118",
         .variant = "cu124",
         .sites = {pypi},
         .torch = usual,
         .note = "whl/cu118/ is not asked: the template's torch is of cu124"},
        {.file_extra = "https://download.pytorch.org/whl/cpu",
         .sites = {pypi},
         .torch = "https://download.pytorch.org/whl/cpu/"},
        {.file_extra = "https://m.invalid/pytorch/whl/cu124/",
         .variant = "cu124",
         .sites = {pypi},
         .torch = "https://m.invalid/pytorch/whl/cu124/"},
        {.file_extra = "https://download.pytorch.org/whl/",
         .variant = "cu124",
         .sites = {pypi},
         .torch = usual},
        {.words = {"-i", "https://download.pytorch.org/whl/cu124"},
         .variant = "cu124",
         .sites = {pypi},
         .torch = usual,
         .note = "all else comes from https://pypi.org/simple/"},
        {.words = {"-i", "https://download.pytorch.org/whl/cu124", "--index",
                   "https://a.invalid"},
         .variant = "cu124",
         .sites = {"https://a.invalid/"},
         .torch = usual},
        {.words = {"--index=https://a.invalid/whl/numpy",
                   "--index=https://a.invalid/whl"},
         .sites = {"https://a.invalid/whl/numpy/", "https://a.invalid/whl/",
                   pypi}},
        {.words = {"--no-index"}, .variant = "cu124"},
        {.vars = {"UV_TORCH_BACKEND=auto"},
         .variant = "auto",
         .sites = {pypi},
         .note = "UV_TORCH_BACKEND: `auto` counts as none"},
    };
    assert_plans(rows, PL_COUNT(rows));
}

static void roots(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.words = {"--index-root=http://localhost:8"},
         .vars = {"PIP_INDEX_URL=https://b.invalid/",
                  "UV_INDEX=https://u.invalid"},
         .variant = "cu124",
         .file_extra = "https://e.invalid",
         .sites = {"http://localhost:8/pypi/simple/"},
         .torch = "http://localhost:8/pytorch/whl/cu124/",
         .note = "in the files are not used"},
        {.words = {"--index-root=http://localhost:8/r/",
                   "--index=https://a.invalid", "-f", "."},
         .vars = {"PODLOCK_TORCH_INDEX_URL=https://t.invalid"},
         .sites = {"https://a.invalid/", "http://localhost:8/r/pypi/simple/"},
         .torch = "https://t.invalid/",
         .link = "."},
    };
    assert_plans(rows, PL_COUNT(rows));
    PL_ARENA(arena);
    struct pl_index_plan plan;
    static const struct row folder = {
        .words = {"--index-root", "DIR"},
        .vars = {"PIP_INDEX_URL=http://b.invalid/"},
        .file_extra = "nonsense"};
    assert_true(make_plan(&arena, &folder, &plan, NULL));
    assert_text(0, "folder", plan.folder, "DIR");
    assert_int_equal(plan.sites.len, 0);
}

static void assert_credential(const struct pl_index_plan *plan, const char *url,
                              const char *username, const char *password)
{
    const struct pl_credential *found =
        pl_credentials_find(&plan->credentials, pl_str_from(url));
    assert_non_null(found);
    assert_text(0, url, found->username, username);
    assert_text(0, url, found->password, password);
}

static void credentials_are_taken_out(void **state)
{
    (void)state;
    static const struct row row = {
        .words = {"-i", "https://u:p%40@a.invalid/", "--index",
                  "my-own.1=https://b.invalid/", "--torch-index-url",
                  "https://token@t.invalid/"},
        .sites = {"https://b.invalid/", "https://a.invalid/"},
        .torch = "https://t.invalid/"};
    setenv("PODLOCK_INDEX_MY_OWN_1_USERNAME", "me", 1);
    setenv("PODLOCK_INDEX_MY_OWN_1_PASSWORD", "secret", 1);
    assert_plan(0, &row);
    PL_ARENA(arena);
    struct pl_index_plan plan;
    assert_true(make_plan(&arena, &row, &plan, NULL));
    assert_credential(&plan, "https://a.invalid/x", "u", "p@");
    assert_credential(&plan, "https://b.invalid/x", "me", "secret");
    assert_credential(&plan, "https://t.invalid/x", "token", "");
    assert_null(
        pl_credentials_find(&plan.credentials, PL_STR("https://c.invalid/")));
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct row row;
        const char *message;
    } rows[] = {
        {{.words = {"-i", "pypi.org/simple"}},
         "--index-url takes a URL, not `pypi.org/simple`"},
        {{.words = {"-i", "me:hunter2@a.invalid/simple"}},
         "--index-url takes a URL, not `***@a.invalid/simple`"},
        {{.vars = {"PIP_INDEX_URL=ftp://me:hunter2@a.invalid/"}},
         "PIP_INDEX_URL: the URL of an index is not a usable"},
        {{.words = {"-i", "https:///simple"}}, "--index-url: the URL of an"},
        {{.words = {"-i", "https://a.invalid:99999/"}}, "--index-url: "},
        {{.words = {"-i", "https://a.invalid/?x"}}, "has no `?`"},
        {{.words = {"-i", "http://me:hunter2@a.invalid/"}},
         "`http://a.invalid/` is plain http"},
        {{.words = {"-i", "http://a.invalid:81", "--allow-insecure-host",
                    "a.invalid:80"}},
         "is plain http"},
        {{.file_extra = "http://a.invalid/"},
         "a requirements file's --extra-index-url: `http://a.invalid/` is"},
        {{.words = {"--allow-insecure-host=https://a.invalid/"}},
         "takes a host or HOST:PORT"},
        {{.file_host = "me:hunter2@a.invalid"}, "not `***@a.invalid`"},
        {{.words = {"-f", "none-such"}}, "there is no folder `none-such`"},
        {{.words = {"--offline", "--refresh"}},
         "--offline asks no network, --refresh asks it again"},
        {{.words = {"--refresh-package=a"}, .vars = {"UV_OFFLINE=1"}},
         "UV_OFFLINE asks no network, --refresh-package asks"},
        {{.words = {"--refresh-package=a b"}}, "takes a package's name"},
        {{.words = {"--offline", "-n"}}, "leaves nothing to read"},
        {{.words = {"--torch-index-url=https://download.pytorch.org/whl"}},
         "lists the wheels of all variants together"},
        {{.variant = "../x"}, "is no variant of the torch index"},
        {{.words = {"--index-root=DIR", "-i", "https://a.invalid"}},
         "--index-url beside --index-root with a folder"},
        {{.words = {"--index-root=http://a.invalid/"}},
         "--index-root: `http://a.invalid/` is plain http"},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_ARENA(arena);
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        struct pl_error err = {.arena = &arena};
        struct pl_index_plan plan;
        if (make_plan(&arena, &rows[i].row, &plan, &err))
            fail_msg("row %zu is taken", i);
        assert_int_equal(pl_error_exit_code(err.code), 2);
        if (pl_str_find_str(err.message, pl_str_from(rows[i].message)) ==
            err.message.len)
            fail_msg("row %zu: \"%.*s\"", i, PL_STR_ARG(err.message));
        pl_error_print(&err, "error", false, &text);
        assert_null(strstr(text.data, "hunter2"));
    }
}

static void names_to_refresh_are_normalised(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_index_plan plan;
    static const struct row row = {.words = {"--refresh-package", "Foo_Bar"}};
    assert_true(make_plan(&arena, &row, &plan, NULL));
    assert_int_equal(plan.refresh_names.len, 1);
    assert_text(0, "name", plan.refresh_names.at[0], "foo-bar");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites),
        cmocka_unit_test(torch),
        cmocka_unit_test(roots),
        cmocka_unit_test(credentials_are_taken_out),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(names_to_refresh_are_normalised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
