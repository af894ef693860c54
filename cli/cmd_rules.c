#include "cli/commands.h"
#include "core/jsonw.h"
#include "core/limits.h"
#include "rules/abi.h"

struct values {
    unsigned format; /* of "text|json" */
    struct pl_str rules;
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    PL_OPTIONS_TEXT_OR_JSON(OPT(format), "Options"),
    {.name = "rules",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(rules),
     .value = "DIR",
     .help = "add the rules of DIR's *.toml files"},
};

static struct pl_str printed(struct pl_arena *arena,
                             const struct pl_specifier *specifier)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_specifier_print(specifier, &text);
    return pl_arena_dup(arena, pl_buf_view(&text));
}

/* "pandas<2.1.2" */
static struct pl_str subject_of(struct pl_arena *arena,
                                const struct pl_abi_rule *rule)
{
    struct pl_str versions = printed(arena, &rule->versions);
    return pl_arena_printf(arena, "%.*s%.*s", PL_STR_ARG(rule->package),
                           PL_STR_ARG(versions));
}

static struct pl_str other_of(struct pl_arena *arena,
                              const struct pl_abi_rule *rule)
{
    struct pl_str versions = printed(arena, &rule->other_versions);
    return pl_arena_printf(arena, "%.*s%.*s", PL_STR_ARG(rule->other),
                           PL_STR_ARG(versions));
}

static const char *relation_of(const struct pl_abi_rule *rule)
{
    return rule->is_requires ? "requires" : "conflicts";
}

/* ---- JSON ---- */

static void write_rule(struct pl_arena *arena, struct pl_jsonw *w,
                       const struct pl_abi_rule *rule)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "id", rule->id);
    pl_jsonw_str(w, "package", rule->package);
    pl_jsonw_str(w, "versions", printed(arena, &rule->versions));
    pl_jsonw_str(w, relation_of(rule), other_of(arena, rule));
    pl_jsonw_str(w, "severity", rule->severity);
    pl_jsonw_str(w, "reason", rule->reason);
    pl_jsonw_str(w, "evidence", rule->evidence);
    pl_jsonw_str(w, "status", rule->status);
    pl_jsonw_bool(w, "metadata", rule->in_metadata);
    pl_jsonw_end(w);
}

static void write_rules(struct pl_cli *cli, const struct pl_abi_rules *rules)
{
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "edition", rules->edition);
    pl_jsonw_array(&w, "rules");
    for (size_t i = 0; i < rules->count; i++)
        write_rule(cli->arena, &w, &rules->rules[i]);
    pl_jsonw_end(&w);
    pl_jsonw_end(&w);
}

/* ---- text ---- */

static void list_rules(struct pl_cli *cli, const struct pl_abi_rules *rules)
{
    static const struct pl_column columns[] = {
        {.title = "rule"},  {.title = "package"}, {.title = ""},
        {.title = "other"}, {.title = "breaks"},
    };
    struct pl_table table;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < rules->count; i++) {
        const struct pl_abi_rule *rule = &rules->rules[i];
        pl_table_row(&table);
        pl_table_cell(&table, rule->id, PL_STYLE_BOLD);
        pl_table_cell(&table, subject_of(cli->arena, rule), PL_STYLE_PLAIN);
        pl_table_cell(&table, pl_str_from(relation_of(rule)), PL_STYLE_DIM);
        pl_table_cell(&table, other_of(cli->arena, rule), PL_STYLE_PLAIN);
        pl_table_cell(&table, rule->severity, PL_STYLE_PLAIN);
    }
    pl_table_print(&table, 0, &cli->out, &cli->text);
    pl_table_finish(&table);
    pl_cli_note(cli,
                "%zu rules, edition %.*s; `podlock rules show ID` says "
                "why",
                rules->count, PL_STR_ARG(rules->edition));
}

static void add_line(struct pl_cli *cli, const char *title, struct pl_str text)
{
    pl_show_item(&cli->out, pl_str_from(title), text, 13, &cli->text);
}

static void show_rule(struct pl_cli *cli, const struct pl_abi_rule *rule)
{
    struct pl_arena *arena = cli->arena;
    pl_show_text(&cli->out, PL_STYLE_BOLD, rule->id, &cli->text);
    pl_cli_print(cli, "\n");
    add_line(cli, "package", subject_of(arena, rule));
    add_line(cli, relation_of(rule), other_of(arena, rule));
    add_line(cli, "breaks", rule->severity);
    add_line(cli, "reason", rule->reason);
    add_line(cli, "evidence", rule->evidence);
    add_line(cli, "status", rule->status);
    add_line(cli, "metadata",
             rule->in_metadata ? PL_STR("say so too") : PL_STR("do not say"));
    add_line(
        cli, "lift it",
        pl_arena_printf(arena, "--ignore-rule %.*s", PL_STR_ARG(rule->id)));
}

static bool no_such_rule(const struct pl_cli *cli, struct pl_str id,
                         struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE, "there is no rule `%.*s`",
                   PL_STR_ARG(id));
    return pl_error_hint(err, "`podlock %s list` lists the ids",
                         cli->command->name);
}

static bool show_one(struct pl_cli *cli, const struct pl_abi_rules *rules,
                     struct pl_str id, bool json, struct pl_error *err)
{
    const struct pl_abi_rule *rule = pl_abi_find(rules, id);
    if (!rule)
        return no_such_rule(cli, id, err);
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    if (json)
        write_rule(cli->arena, &w, rule);
    else
        show_rule(cli, rule);
    return true;
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    struct pl_abi_rules rules;
    struct pl_str id;
    if (!pl_cli_listing_args(cli, &id, &err) ||
        !pl_abi_load(cli->arena, values->rules, &rules, &err))
        return pl_cli_fail(cli, &err);
    if (id.len && !show_one(cli, &rules, id, values->format, &err))
        return pl_cli_fail(cli, &err);
    if (!id.len && values->format)
        write_rules(cli, &rules);
    else if (!id.len)
        list_rules(cli, &rules);
    return 0;
}

const struct pl_command pl_cmd_rules = {
    .name = "rules",
    .args = "[list|show ID]",
    .summary = "versions that do not work together, and the evidence",
    .text = "A rule states what the wheels' metadata does not: which versions "
            "fail beside which others, how, and who has seen it.",
    .examples = "podlock rules\tall rules\n"
                "podlock rules show numpy2-pandas\tone with its evidence",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = 2,
    .run = run,
};
