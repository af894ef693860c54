#include "cli/template_diff_show.h"

#include "rules/template_write.h"

static struct pl_str version_of(struct pl_arena *arena,
                                const struct pl_fact *fact)
{
    return fact ? pl_version_text(arena, &fact->version) : (struct pl_str){0};
}

static struct pl_str name_of(const struct pl_template_change *change)
{
    return change->from ? change->from->name : change->to->name;
}

/* ---- text ---- */

static void add(struct pl_cli *cli, enum pl_style style, struct pl_str text)
{
    pl_show_text(&cli->out, style, text, &cli->text);
}

static void add_pair(struct pl_cli *cli, struct pl_str from, struct pl_str to)
{
    add(cli, PL_STYLE_PLAIN, from.len ? from : PL_STR("none"));
    pl_cli_print(cli, " -> ");
    add(cli, PL_STYLE_PLAIN, to.len ? to : PL_STR("none"));
}

static void show_environment(struct pl_cli *cli,
                             const struct pl_template_diff *diff)
{
    if (diff->environment.len)
        pl_cli_print(cli, "\nenvironment: %zu\n", diff->environment.len);
    for (size_t i = 0; i < diff->environment.len; i++) {
        const struct pl_template_value *value = &diff->environment.at[i];
        pl_cli_print(cli, "  %s ", value->key);
        add_pair(cli, value->from, value->to);
        pl_cli_print(cli, "\n");
    }
}

static void add_versions(struct pl_cli *cli,
                         const struct pl_template_change *change)
{
    struct pl_str from = version_of(cli->arena, change->from);
    struct pl_str to = version_of(cli->arena, change->to);
    if (change->from && change->to && !pl_str_eq(from, to))
        add_pair(cli, from, to);
    else
        add(cli, PL_STYLE_PLAIN, from.len ? from : to);
}

static void show_change(struct pl_cli *cli,
                        const struct pl_template_change *change)
{
    bool is_added = change->kind == PL_TEMPLATE_ADDED;
    bool is_gone = change->kind == PL_TEMPLATE_GONE;
    pl_cli_print(cli, "  %s ", is_added ? "+" : is_gone ? "-" : " ");
    add(cli,
        is_added  ? PL_STYLE_GREEN
        : is_gone ? PL_STYLE_RED
                  : PL_STYLE_YELLOW,
        name_of(change));
    pl_cli_print(cli, " ");
    add_versions(cli, change);
    if (change->kind == PL_TEMPLATE_DOWNGRADED)
        pl_cli_print(cli, ", a downgrade");
    if (change->protect_differs)
        pl_cli_print(cli, ", %s -> %s", pl_protect_name(change->from->protect),
                     pl_protect_name(change->to->protect));
    if (change->kind == PL_TEMPLATE_CHANGED && change->requires_differ)
        pl_cli_print(cli, ", requires something else");
    pl_cli_print(cli, "\n");
}

static void show_group(struct pl_cli *cli, const struct pl_template_diff *diff,
                       enum pl_protect group, const char *title)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->changes.len; i++)
        count += diff->changes.at[i].group == group;
    if (count)
        pl_cli_print(cli, "\n%s: %zu\n", title, count);
    for (size_t i = 0; i < diff->changes.len; i++)
        if (diff->changes.at[i].group == group)
            show_change(cli, &diff->changes.at[i]);
}

static void show_rest(struct pl_cli *cli, const struct pl_template *from,
                      const struct pl_template *to,
                      const struct pl_template_diff *diff)
{
    if (diff->unlisted)
        pl_cli_print(cli,
                     "\n%zu more, of which %.*s says nothing: it does not "
                     "list all\n",
                     diff->unlisted, PL_STR_ARG(from->id));
    if (diff->unseen)
        pl_cli_print(cli,
                     "\n%zu of %.*s were not seen: %.*s does not list all\n",
                     diff->unseen, PL_STR_ARG(from->id), PL_STR_ARG(to->id));
}

void pl_template_diff_show(struct pl_cli *cli, const struct pl_template *from,
                           const struct pl_template *to,
                           const struct pl_template_diff *diff)
{
    if (!diff->changes.len && !diff->environment.len) {
        pl_cli_print(cli, "As ");
        add(cli, PL_STYLE_BOLD, from->id);
        pl_cli_print(cli, " says: %zu packages\n",
                     to->fact_count - diff->unlisted);
    } else {
        add(cli, PL_STYLE_BOLD, from->id);
        pl_cli_print(cli, " -> ");
        add(cli, PL_STYLE_BOLD, to->id);
        pl_cli_print(cli, "\n");
    }
    show_environment(cli, diff);
    show_group(cli, diff, PL_PROTECT_LOCKED, "protected");
    show_group(cli, diff, PL_PROTECT_KEEP, "kept");
    show_group(cli, diff, PL_PROTECT_OS, "of the distribution");
    show_rest(cli, from, to, diff);
}

/* ---- JSON ---- */

static void write_side(struct pl_jsonw *w, const char *key,
                       const struct pl_template *t)
{
    pl_jsonw_object(w, key);
    pl_jsonw_str(w, "id", t->id);
    pl_jsonw_str(w, "digest", t->digest);
    pl_jsonw_bool(w, "complete", t->complete);
    pl_jsonw_end(w);
}

static void write_or_null(struct pl_jsonw *w, const char *key,
                          struct pl_str value)
{
    if (value.len)
        pl_jsonw_str(w, key, value);
    else
        pl_jsonw_null(w, key);
}

static void write_environment(struct pl_jsonw *w,
                              const struct pl_template_diff *diff)
{
    pl_jsonw_array(w, "environment");
    for (size_t i = 0; i < diff->environment.len; i++) {
        const struct pl_template_value *value = &diff->environment.at[i];
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "key", pl_str_from(value->key));
        write_or_null(w, "from", value->from);
        write_or_null(w, "to", value->to);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

static void write_change(struct pl_arena *arena, struct pl_jsonw *w,
                         const struct pl_template_change *change)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "name", name_of(change));
    write_or_null(w, "from", version_of(arena, change->from));
    write_or_null(w, "to", version_of(arena, change->to));
    pl_jsonw_str(w, "kind", pl_str_from(pl_template_change_name(change->kind)));
    pl_jsonw_str(w, "group", pl_str_from(pl_protect_name(change->group)));
    if (change->protect_differs)
        pl_jsonw_str(w, "protect",
                     pl_str_from(pl_protect_name(change->to->protect)));
    if (change->requires_differ)
        pl_jsonw_bool(w, "requires-differ", true);
    pl_jsonw_end(w);
}

void pl_template_diff_json(struct pl_arena *arena, struct pl_jsonw *w,
                           const struct pl_template *from,
                           const struct pl_template *to,
                           const struct pl_template_diff *diff)
{
    write_side(w, "from", from);
    write_side(w, "to", to);
    write_environment(w, diff);
    pl_jsonw_array(w, "changes");
    for (size_t i = 0; i < diff->changes.len; i++)
        write_change(arena, w, &diff->changes.at[i]);
    pl_jsonw_end(w);
    pl_jsonw_u64(w, "unlisted", diff->unlisted);
    pl_jsonw_u64(w, "unseen", diff->unseen);
}
