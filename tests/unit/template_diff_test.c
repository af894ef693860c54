#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/template_diff.h"

#define HEAD(environment, provenance)                                          \
    "podlock-template = 1\nid = \"x\"\n[environment]\n" environment            \
    "\n[provenance]\n" provenance "\n"
#define PACKAGE(name, version, protect, more)                                  \
    "[[package]]\nname = \"" name "\"\nversion = \"" version                   \
    "\"\nprotect = \"" protect "\"\n" more "\n"
#define HERE                                                                   \
    "python = \"3.12.3\"\nglibc = \"2.39\"\nos = \"ubuntu 24.04\"\n"           \
    "site-packages = [\"/a\", \"/b\"]"
#define ALL "complete = true"

/* "name kind group[ protect][ requires]" of each, parted by ';'. */
static void check(const char *from, const char *to, const char *environment,
                  const char *changes, size_t unlisted, size_t unseen)
{
    PL_ARENA(arena);
    const char *texts[] = {from, to};
    struct pl_template t[2];
    struct pl_template_diff diff;
    for (int i = 0; i < 2; i++)
        assert_true(pl_template_parse(
            &arena,
            pl_source_from_text(&arena, PL_STR("t"), pl_str_from(texts[i])),
            &t[i], NULL));
    pl_template_diff(&arena, &t[0], &t[1], &diff);
    PL_BUF(env, 4096);
    PL_BUF(all, 4096);
    pl_buf_add_cstr(&env, "");
    pl_buf_add_cstr(&all, "");
    for (size_t i = 0; i < diff.environment.len; i++)
        pl_buf_addf(&env, "%s %.*s %.*s;", diff.environment.at[i].key,
                    PL_STR_ARG(diff.environment.at[i].from),
                    PL_STR_ARG(diff.environment.at[i].to));
    for (size_t i = 0; i < diff.changes.len; i++) {
        const struct pl_template_change *c = &diff.changes.at[i];
        pl_buf_addf(&all, "%.*s %s %d%s%s;",
                    PL_STR_ARG(c->from ? c->from->name : c->to->name),
                    pl_template_change_name(c->kind), (int)c->group,
                    c->protect_differs ? " protect" : "",
                    c->requires_differ ? " requires" : "");
    }
    assert_string_equal(env.data ? env.data : "", environment);
    assert_string_equal(all.data ? all.data : "", changes);
    assert_int_equal(diff.unlisted, unlisted);
    assert_int_equal(diff.unseen, unseen);
}

static void test_packages(void **state)
{
    (void)state;
    check(HEAD(HERE, ALL) PACKAGE("a", "1", "keep", "")
              PACKAGE("b", "1", "keep", "requires = ['x >=1', \"y\"]")
                  PACKAGE("c", "1", "os", "requires = [\"x\"]")
                      PACKAGE("d", "2.0", "keep", "")
                          PACKAGE("torch", "2.8.0+cu128", "locked", "")
                              PACKAGE("zope", "1.0", "keep", ""),
          HEAD(HERE, ALL)
              PACKAGE("b", "1.0", "keep", "requires = [\"y\", \"x>=1\"]")
                  PACKAGE("c", "1", "keep", "requires = [\"z\"]")
                      PACKAGE("d", "1.9", "keep", "")
                          PACKAGE("e", "1", "locked", "")
                              PACKAGE("torch", "2.9.1+cu130", "locked", "")
                                  PACKAGE("zope", "1.0", "keep", ""),
          "",
          "e added 0;torch upgraded 0;a gone 1;d downgraded 1;"
          "c changed 2 protect requires;",
          0, 0);
}

static void test_partial(void **state)
{
    (void)state;
    check(HEAD(HERE, "unknown = [\"u\"]") PACKAGE("a", "1", "keep", ""),
          HEAD(HERE, ALL) PACKAGE("a", "2", "keep", "")
              PACKAGE("b", "1", "keep", "") PACKAGE("u", "1", "keep", ""),
          "", "a upgraded 1;", 1, 0);
    check(HEAD(HERE, ALL) PACKAGE("a", "1", "keep", "")
              PACKAGE("u", "1", "keep", ""),
          HEAD(HERE, "unknown = [\"u\"]") PACKAGE("b", "1", "keep", ""), "",
          "b added 1;", 0, 1);
}

/* A freeze does not say what is the distribution's, but what torch's is. */
static void test_freeze(void **state)
{
    (void)state;
    check(HEAD(HERE, ALL) PACKAGE("a", "1", "os", "")
              PACKAGE("b", "1", "locked", ""),
          HEAD("python = \"3.12\"", ALL) PACKAGE("a", "1", "keep", "")
              PACKAGE("b", "1", "keep", ""),
          "", "b changed 0 protect;", 0, 0);
}

static void test_environment(void **state)
{
    (void)state;
    check(HEAD(HERE "\ncuda = \"12.8.1\"\nexternally-managed = true", ALL),
          HEAD("python = \"3.12\"", ALL), "", "", 0, 0);
    check(HEAD(HERE "\nexternally-managed = true", ALL), HEAD(HERE, ALL),
          "externally-managed true false;", "", 0, 0);
    check(HEAD(HERE "\ncuda = \"12.8.1\"", ALL),
          HEAD("python = \"3.12.4\"\nglibc = \"2.35\"\narch = \"aarch64\"\n"
               "cuda = \"12.9\"\nsite-packages = [\"/b\", \"/a\"]\n"
               "constraints = [\"numpy<2\"]",
               ALL),
          "python 3.12.3 3.12.4;glibc 2.39 2.35;arch x86_64 aarch64;"
          "cuda 12.8.1 12.9;site-packages /a, /b /b, /a;"
          "constraints  numpy<2;",
          "", 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packages),
        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_freeze),
        cmocka_unit_test(test_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
