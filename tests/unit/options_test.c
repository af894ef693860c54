#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/nearest.h"
#include "cli/options.h"

struct values {
    bool loud, quick;
    unsigned verbose, format;
    struct pl_str out;
    struct pl_strs names;
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option table[] = {
    {.name = "output-file",
     .letter = 'o',
     .kind = PL_OPTION_VALUE,
     .offset = OPT(out),
     .value = "FILE"},
    {.name = "name",
     .letter = 'n',
     .kind = PL_OPTION_LIST,
     .offset = OPT(names),
     .value = "NAME",
     .foreign = "PIP_NAME UV_NAME"},
    {.name = "format",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(format),
     .value = "text|json|toml"},
    {.name = "json", .kind = PL_OPTION_ALIAS, .value = "format=json"},
    {.name = "target", .kind = PL_OPTION_SAME, .value = "output-file"},
    {.name = "known-as", .kind = PL_OPTION_SAME, .value = "name"},
    {.name = "upgrade",
     .letter = 'U',
     .kind = PL_OPTION_LATER,
     .help = "wait for it"},
};

static const struct pl_option common[] = {
    {.name = "loud",
     .letter = 'l',
     .kind = PL_OPTION_FLAG,
     .offset = OPT(loud)},
    {.name = "quick", .kind = PL_OPTION_ASK, .offset = OPT(quick)},
    {.name = "verbose",
     .letter = 'v',
     .kind = PL_OPTION_COUNT,
     .offset = OPT(verbose)},
};

struct fixture {
    struct pl_arena arena;
    struct values values;
    struct pl_parsed parsed;
    struct pl_error err;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.err = {.arena = &f.arena}};
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    pl_arena_finish(&f->arena);
    return 0;
}

/* Words and variables are lists that end with NULL. */
static bool parse(struct fixture *f, const char *const *words,
                  const char *const *vars)
{
    const struct pl_option_table tables[] = {
        {table, PL_COUNT(table), &f->values},
        {common, PL_COUNT(common), &f->values},
    };
    f->values = (struct values){0};
    f->err = (struct pl_error){.arena = &f->arena};
    return pl_options_parse(&f->arena, tables, PL_COUNT(tables), words, vars,
                            "podlock test", &f->parsed, &f->err);
}

#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})
#define NOTHING ((const char *[]){NULL})

#define assert_text(str, literal)                                              \
    do {                                                                       \
        struct pl_str text_ = (str);                                           \
        if (!pl_str_is(text_, literal))                                        \
            fail_msg("\"%.*s\" is not \"%s\"", PL_STR_ARG(text_), literal);    \
    } while (0)

static void every_way_to_give_a_value(void **state)
{
    struct fixture *f = *state;
    const char *const *const ways[] = {
        WORDS("--output-file", "a b"),
        WORDS("--output-file=a b"),
        WORDS("-o", "a b"),
        WORDS("-oa b"),
        WORDS("-lvoa b"),
        WORDS("-o", "x", "-o", "a b"),
    };
    for (size_t i = 0; i < PL_COUNT(ways); i++) {
        assert_true(parse(f, ways[i], NOTHING));
        assert_text(f->values.out, "a b");
        assert_int_equal(f->parsed.args.len, 0);
    }
    assert_true(parse(f, WORDS("--output-file=a=b"), NOTHING));
    assert_text(f->values.out, "a=b");
}

static void lists_flags_and_counts(void **state)
{
    struct fixture *f = *state;
    assert_true(parse(f, WORDS("-na", "--name", "b", "--name=a", "-vvl", "-v"),
                      NOTHING));
    assert_int_equal(f->values.names.len, 3);
    assert_text(f->values.names.at[0], "a");
    assert_text(f->values.names.at[1], "b");
    assert_text(f->values.names.at[2], "a");
    assert_int_equal(f->values.verbose, 3);
    assert_true(f->values.loud);
    assert_false(f->values.quick);
}

static void choices_and_aliases(void **state)
{
    struct fixture *f = *state;
    assert_true(parse(f, NOTHING, NOTHING));
    assert_int_equal(f->values.format, 0);
    assert_true(parse(f, WORDS("--format=toml"), NOTHING));
    assert_int_equal(f->values.format, 2);
    assert_true(parse(f, WORDS("--format=toml", "--json"), NOTHING));
    assert_int_equal(f->values.format, 1);
    assert_false(parse(f, WORDS("--format", "jsn"), NOTHING));
    assert_text(f->err.message, "`--format` takes text|json|toml, not `jsn`");
    assert_text(f->err.hint, "did you mean `json`?");
}

static void arguments_stay_in_order(void **state)
{
    struct fixture *f = *state;
    assert_true(
        parse(f, WORDS("a", "-l", "-", "--", "-v", "--", "--x"), NOTHING));
    assert_int_equal(f->parsed.args.len, 5);
    assert_text(f->parsed.args.at[0], "a");
    assert_text(f->parsed.args.at[1], "-");
    assert_text(f->parsed.args.at[2], "-v");
    assert_text(f->parsed.args.at[3], "--");
    assert_text(f->parsed.args.at[4], "--x");
    assert_int_equal(f->values.verbose, 0);
}

static void wrong_words(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *words[3];
        const char *message, *hint;
    } rows[] = {
        {{"--outputfile"},
         "there is no option `--outputfile`",
         "did you mean `--output-file`?"},
        {{"--zzz"},
         "there is no option `--zzz`",
         "`podlock test --help` lists the options"},
        {{"--upgrad"},
         "there is no option `--upgrad`",
         "`podlock test --help` lists the options"},
        {{"-lz"},
         "there is no option `-z`",
         "`podlock test --help` lists the options"},
        {{"--output-file"}, "`--output-file` wants a value: FILE", ""},
        {{"-o"}, "`-o` wants a value: FILE", ""},
        {{"--output-file="}, "`--output-file` is given an empty text", ""},
        {{"-o", ""}, "`-o` is given an empty text", ""},
        {{"--loud=1"}, "`--loud` takes no value", ""},
        {{"--json=x"}, "`--json` takes no value", ""},
        {{"--out"},
         "there is no option `--out`",
         "`podlock test --help` lists the options"},
        {{"-U"}, "`-U` is not in this version", "wait for it"},
        {{"--upgrade=x"}, "`--upgrade` is not in this version", "wait for it"},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        assert_false(parse(f, rows[i].words, NOTHING));
        assert_int_equal(f->err.code, PL_ERR_USAGE);
        assert_text(f->err.message, rows[i].message);
        assert_text(f->err.hint, rows[i].hint);
    }
}

static void variables_supply_options(void **state)
{
    struct fixture *f = *state;
    assert_true(parse(f, NOTHING,
                      WORDS("PODLOCK_OUTPUT_FILE=x", "PODLOCK_LOUD=Yes",
                            "PODLOCK_VERBOSE=2", "PODLOCK_NAME= a\tb\n",
                            "PODLOCK_JSON=1", "PODLOCK_QUICK=1")));
    assert_text(f->values.out, "x");
    assert_true(f->values.loud);
    assert_int_equal(f->values.verbose, 2);
    assert_int_equal(f->values.names.len, 2);
    assert_text(f->values.names.at[1], "b");
    assert_int_equal(f->values.format, 1);
    assert_false(f->values.quick);
    assert_true(parse(f, NOTHING, WORDS("PODLOCK_LOUD=off", "PODLOCK_JSON=0")));
    assert_false(f->values.loud);
    assert_int_equal(f->values.format, 0);
}

static void the_nearer_source_wins(void **state)
{
    struct fixture *f = *state;
    const char *const *vars =
        WORDS("UV_NAME=uv", "PIP_NAME=pip1 pip2", "PODLOCK_VERBOSE=5",
              "PODLOCK_OUTPUT_FILE=x");
    assert_true(parse(f, NOTHING, vars));
    assert_int_equal(f->values.names.len, 2);
    assert_text(f->values.names.at[0], "pip1");
    assert_text(pl_parsed_source(&f->arena, &f->parsed, "name"), "PIP_NAME");

    assert_true(parse(f, WORDS("--name=a", "-v", "-oy"), vars));
    assert_int_equal(f->values.names.len, 1);
    assert_text(f->values.names.at[0], "a");
    assert_int_equal(f->values.verbose, 1);
    assert_text(f->values.out, "y");
    assert_text(pl_parsed_source(&f->arena, &f->parsed, "name"), "--name");

    assert_true(parse(f, NOTHING, WORDS("PIP_NAME=p", "PODLOCK_NAME=q")));
    assert_text(f->values.names.at[0], "q");
    assert_text(pl_parsed_source(&f->arena, &f->parsed, "name"),
                "PODLOCK_NAME");
    assert_true(parse(f, NOTHING, WORDS("PODLOCK_NAME=", "UV_NAME=u")));
    assert_text(f->values.names.at[0], "u");
    assert_text(pl_parsed_source(&f->arena, &f->parsed, "format"), "");
}

static void wrong_variables(void **state)
{
    struct fixture *f = *state;
    assert_false(parse(f, NOTHING, WORDS("PODLOCK_LOUD=maybe")));
    assert_text(f->err.message, "PODLOCK_LOUD takes 1 or 0, not `maybe`");
    assert_false(parse(f, NOTHING, WORDS("PODLOCK_FORMAT=xml")));
    assert_text(f->err.message,
                "PODLOCK_FORMAT takes text|json|toml, not `xml`");
    assert_false(parse(f, NOTHING, WORDS("PODLOCK_VERBOSE=99999999999")));
    assert_false(parse(f, NOTHING, WORDS("PODLOCK_UPGRADE=1")));
    assert_text(f->err.message, "PODLOCK_UPGRADE is not in this version");
}

static void nearest_words(void **state)
{
    (void)state;
    static const char *const known[] = {"resolve", "rules", "templates"};
    static const char *const rows[][2] = {
        {"resovle", "resolve"},
        {"rule", "rules"},
        {"tempaltes", "templates"},
        {"template", "templates"},
        {"diff", ""},
        {"", ""},
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ""},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_nearest n = pl_nearest_to(pl_str_from(rows[i][0]));
        for (size_t k = 0; k < PL_COUNT(known); k++)
            pl_nearest_try(&n, pl_str_from(known[k]));
        assert_text(n.found, rows[i][1]);
    }
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* One option, whichever of its names is used. */
static void another_name(void **state)
{
    struct fixture *f = *state;
    assert_true(parse(f, WORDS("--target", "a", "--known-as=b", "-n", "c"),
                      WORDS("PODLOCK_TARGET=x", "PODLOCK_KNOWN_AS=y z")));
    assert_text(f->values.out, "a");
    assert_int_equal(f->values.names.len, 2);
    assert_text(f->values.names.at[0], "b");
    assert_text(f->values.names.at[1], "c");
    assert_int_equal(f->parsed.supplied_count, 2);
    assert_text(pl_parsed_source(&f->arena, &f->parsed, "output-file"),
                "--output-file");
    assert_true(
        parse(f, WORDS("--loud"),
              WORDS("PODLOCK_TARGET=x", "PODLOCK_KNOWN_AS=y z", "PIP_NAME=w")));
    assert_text(f->values.out, "x");
    assert_int_equal(f->values.names.len, 2);
    assert_text(pl_parsed_source(&f->arena, &f->parsed, "name"),
                "PODLOCK_KNOWN_AS");
    assert_false(parse(f, WORDS("--target"), NOTHING));
    assert_text(f->err.message, "`--target` wants a value: FILE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_way_to_give_a_value),
        TEST(lists_flags_and_counts),
        TEST(choices_and_aliases),
        TEST(arguments_stay_in_order),
        TEST(wrong_words),
        TEST(variables_supply_options),
        TEST(the_nearer_source_wins),
        TEST(wrong_variables),
        TEST(another_name),
        cmocka_unit_test(nearest_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
