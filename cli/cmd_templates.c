#include "cli/commands.h"
#include "cli/snapshot.h"
#include "cli/template_json.h"
#include "core/limits.h"

struct values {
    unsigned format; /* of "text|json" */
};

static const struct pl_option options[] = {
    PL_OPTIONS_TEXT_OR_JSON(offsetof(struct values, format), "Options"),
};

/* ---- JSON ---- */

static void write_template(struct pl_cli *cli, const struct pl_template *t)
{
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    pl_jsonw_object(&w, NULL);
    pl_template_json_head(cli->arena, &w, t);
    pl_template_json_body(cli->arena, &w, t);
    pl_jsonw_end(&w);
}

static void write_templates(struct pl_cli *cli,
                            const struct pl_template *templates, size_t count)
{
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_array(&w, "templates");
    for (size_t i = 0; i < count; i++) {
        pl_jsonw_object(&w, NULL);
        pl_template_json_head(cli->arena, &w, &templates[i]);
        pl_jsonw_u64(&w, "packages", templates[i].fact_count);
        pl_jsonw_end(&w);
    }
    pl_jsonw_end(&w);
    pl_jsonw_end(&w);
}

/* ---- text ---- */

static void list_row(struct pl_arena *arena, struct pl_table *table,
                     const struct pl_template *t)
{
    pl_table_row(table);
    pl_table_cell(table, t->id, PL_STYLE_BOLD);
    pl_table_cell(table, pl_template_python(t), PL_STYLE_PLAIN);
    pl_table_cell(table, pl_template_torch(arena, t), PL_STYLE_PLAIN);
    pl_table_cell(table, t->cuda, PL_STYLE_PLAIN);
    pl_table_cell(
        table,
        pl_arena_printf(arena, "%zu%s", t->fact_count, t->complete ? "" : "+"),
        PL_STYLE_PLAIN);
}

static void list_templates(struct pl_cli *cli,
                           const struct pl_template *templates, size_t count)
{
    static const struct pl_column columns[] = {
        {.title = "template"},
        {.title = "Python"},
        {.title = "torch"},
        {.title = "CUDA"},
        {.title = "packages", .right = true},
    };
    struct pl_table table;
    bool incomplete = false;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        list_row(cli->arena, &table, &templates[i]);
        incomplete = incomplete || !templates[i].complete;
    }
    pl_table_print(&table, 0, &cli->out, &cli->text);
    pl_table_finish(&table);
    if (incomplete)
        pl_cli_note(cli, "+ more is installed than is known");
    pl_cli_note(cli, "`podlock templates show ID` lists what one holds");
}

static void add_line(struct pl_cli *cli, const char *title, struct pl_str text)
{
    if (text.len)
        pl_show_item(&cli->out, pl_str_from(title), text, 15, &cli->text);
}

static void show_head(struct pl_cli *cli, const struct pl_template *t)
{
    struct pl_arena *arena = cli->arena;
    pl_show_text(&cli->out, PL_STYLE_BOLD, t->id, &cli->text);
    pl_cli_print(cli, "\n");
    add_line(cli, "title", t->title);
    for (size_t i = 0; i < t->image_count; i++)
        add_line(cli, i ? "" : "images", t->images[i]);
    add_line(cli, "Python", pl_template_python(t));
    add_line(cli, "platform",
             pl_arena_printf(arena, "%.*s, glibc %u.%u%s%.*s",
                             PL_STR_ARG(t->env.arch), t->env.glibc_major,
                             t->env.glibc_minor, t->os.len ? ", " : "",
                             PL_STR_ARG(t->os)));
    add_line(cli, "CUDA", t->cuda);
    add_line(cli, "torch index", t->torch_variant);
    for (size_t i = 0; i < t->constraint_count; i++)
        add_line(cli, i ? "" : "constraints", t->constraints[i].text);
    add_line(cli, "released", t->released);
    add_line(cli, "facts",
             pl_arena_printf(arena, "%.*s, %s", PL_STR_ARG(t->provenance),
                             t->complete ? "complete"
                                         : "more is installed than is "
                                           "listed"));
    for (size_t i = 0; i < t->note_count; i++)
        add_line(cli, i ? "" : "notes", t->notes[i]);
}

static void fact_row(struct pl_arena *arena, struct pl_table *table,
                     const struct pl_fact *fact)
{
    pl_table_row(table);
    pl_table_cell(table, fact->name, PL_STYLE_PLAIN);
    pl_table_cell(table, pl_version_text(arena, &fact->version),
                  PL_STYLE_PLAIN);
    pl_table_cell(table,
                  fact->size ? pl_show_bytes(arena, fact->size)
                             : (struct pl_str){0},
                  PL_STYLE_DIM);
    pl_table_cell(table, fact->evidence, PL_STYLE_DIM);
}

static void show_facts(struct pl_cli *cli, const struct pl_template *t,
                       enum pl_protect protect, const char *title)
{
    static const struct pl_column columns[] = {
        {.cut = true}, {.cut = true}, {.right = true}, {.cut = true}};
    struct pl_table table;
    size_t count = 0;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < t->fact_count; i++)
        if (t->facts[i].protect == protect) {
            fact_row(cli->arena, &table, &t->facts[i]);
            count++;
        }
    if (count)
        pl_cli_print(cli, "\n%s: %zu\n", title, count);
    pl_table_print(&table, 2, &cli->out, &cli->text);
    pl_table_finish(&table);
}

static void show_template(struct pl_cli *cli, const struct pl_template *t)
{
    show_head(cli, t);
    show_facts(cli, t, PL_PROTECT_LOCKED, "locked, never replaced");
    show_facts(cli, t, PL_PROTECT_KEEP, "kept where an answer keeps them");
    show_facts(cli, t, PL_PROTECT_OS, "of the distribution, kept too");
}

/* ---- the command ---- */

static bool load_all(struct pl_arena *arena, struct pl_template *templates,
                     struct pl_error *err)
{
    for (size_t i = 0; i < pl_template_shipped_count(); i++)
        if (!pl_template_shipped(arena, i, &templates[i], err))
            return false;
    return true;
}

static bool run_list(struct pl_cli *cli, bool json, struct pl_error *err)
{
    size_t count = pl_template_shipped_count();
    struct pl_template *templates =
        pl_new_array(cli->arena, struct pl_template, count);
    if (!load_all(cli->arena, templates, err))
        return false;
    if (json)
        write_templates(cli, templates, count);
    else
        list_templates(cli, templates, count);
    return true;
}

static bool run_show(struct pl_cli *cli, struct pl_str id, bool json,
                     struct pl_error *err)
{
    struct pl_template template;
    if (!pl_snapshot_or_template(cli, id, &template, err))
        return false;
    if (json)
        write_template(cli, &template);
    else
        show_template(cli, &template);
    return true;
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    struct pl_str id;
    if (!pl_cli_listing_args(cli, &id, &err))
        return pl_cli_fail(cli, &err);
    bool good = id.len ? run_show(cli, id, values->format, &err)
                       : run_list(cli, values->format, &err);
    return good ? 0 : pl_cli_fail(cli, &err);
}

const struct pl_command pl_cmd_templates = {
    .name = "templates",
    .args = "[list|show ID|show FILE|show IMAGE]",
    .summary = "the containers podlock knows, and what each holds",
    .text = "A template is what an image already holds: its Python, its CUDA "
            "and every package, and how firmly each is kept. IMAGE is a "
            "reference as a Dockerfile has it.",
    .examples = "podlock templates\tall that are shipped\n"
                "podlock templates show runpod-torch240-cu124-py311\t"
                "one with its packages",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = 2,
    .run = run,
};
