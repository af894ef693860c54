#include "cli/snapshot_show.h"

#include "cli/template_json.h"
#include "core/limits.h"

static bool has_torch(const struct pl_python *python)
{
    return pl_python_has(python, PL_STR("torch")) != NULL;
}

/* ---- for people ---- */

static void add_counts(struct pl_arena *arena, const struct pl_snapshot *s,
                       struct pl_buf *out)
{
    const struct pl_template *t = &s->template;
    size_t locked = 0, os = 0, damaged = s->python->installed.damage.len;
    for (size_t i = 0; i < t->fact_count; i++) {
        locked += t->facts[i].protect == PL_PROTECT_LOCKED;
        os += t->facts[i].protect == PL_PROTECT_OS;
    }
    struct pl_str count = pl_show_count(arena, t->fact_count + t->unknown_count,
                                        "package", "packages");
    pl_buf_addf(out, "; %.*s, %zu protected, %zu of the distribution",
                PL_STR_ARG(count), locked, os);
    if (damaged)
        pl_buf_addf(out, "; %zu damaged", damaged);
}

struct pl_str pl_snapshot_summary(struct pl_arena *arena,
                                  const struct pl_snapshot *snapshot)
{
    const struct pl_template *t = &snapshot->template;
    struct pl_str prefix = snapshot->python->prefix;
    struct pl_str torch = pl_template_torch(arena, t);
    struct pl_str python = pl_template_python(t);
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_buf_addf(&text, "Captured %.*s: ", PL_STR_ARG(t->id));
    if (torch.len)
        pl_buf_addf(&text, "torch %.*s, ", PL_STR_ARG(torch));
    else
        pl_buf_add_cstr(&text, "no torch, ");
    pl_buf_addf(&text, "Python %.*s", PL_STR_ARG(python));
    if (prefix.len)
        pl_buf_addf(&text, " in %.*s", PL_STR_ARG(prefix));
    if (t->cuda.len)
        pl_buf_addf(&text, ", CUDA %.*s", PL_STR_ARG(t->cuda));
    add_counts(arena, snapshot, &text);
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static void tell_damage(const struct pl_cli *cli,
                        const struct pl_installed_list *list)
{
    for (size_t i = 0; i < list->damage.len; i++) {
        const struct pl_damage *damage = &list->damage.at[i];
        pl_cli_note(cli, "  %s: %.*s (%.*s)%s%.*s",
                    pl_damage_name(damage->kind), PL_STR_ARG(damage->name),
                    PL_STR_ARG(damage->path), damage->why.len ? ": " : "",
                    PL_STR_ARG(damage->why));
    }
}

static void tell_pythons(const struct pl_cli *cli,
                         const struct pl_snapshot *snapshot)
{
    const struct pl_container *c = &snapshot->container;
    for (size_t i = 0; c->python_count > 1 && i < c->python_count; i++) {
        const struct pl_python *python = &c->pythons[i];
        pl_cli_note(cli, "  Python %.*s in %.*s: %zu packages%s",
                    PL_STR_ARG(python->version), PL_STR_ARG(python->prefix),
                    python->installed.rows.len,
                    has_torch(python) ? ", torch" : "");
    }
}

void pl_snapshot_tell(const struct pl_cli *cli,
                      const struct pl_snapshot *snapshot)
{
    const struct pl_container *c = &snapshot->container;
    const struct pl_installed_list *list = &snapshot->python->installed;
    struct pl_str summary = pl_snapshot_summary(cli->arena, snapshot);
    for (size_t i = 0; i < c->trouble_count; i++)
        pl_cli_warn(cli, &c->troubles[i]);
    pl_cli_note(cli, "%.*s", PL_STR_ARG(summary));
    if (cli->common.verbose) {
        tell_pythons(cli, snapshot);
        tell_damage(cli, list);
    } else if (list->damage.len) {
        pl_cli_note(cli, "what is damaged is in the template's notes; -v "
                         "lists it with its paths");
    }
}

/* ---- for programs ---- */

static void write_pythons(struct pl_jsonw *w,
                          const struct pl_snapshot *snapshot)
{
    const struct pl_container *c = &snapshot->container;
    pl_jsonw_array(w, "pythons");
    for (size_t i = 0; i < c->python_count; i++) {
        const struct pl_python *python = &c->pythons[i];
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "prefix", python->prefix);
        pl_jsonw_str(w, "program", python->program);
        pl_jsonw_str(w, "version", python->version);
        pl_jsonw_bool(w, "torch", has_torch(python));
        pl_jsonw_bool(w, "captured", python == snapshot->python);
        pl_jsonw_u64(w, "packages", python->installed.rows.len);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

static void write_damage(struct pl_jsonw *w,
                         const struct pl_installed_list *list)
{
    pl_jsonw_array(w, "damage");
    for (size_t i = 0; i < list->damage.len; i++) {
        const struct pl_damage *damage = &list->damage.at[i];
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "kind", pl_str_from(pl_damage_name(damage->kind)));
        pl_jsonw_str(w, "name", damage->name);
        pl_jsonw_str(w, "path", damage->path);
        pl_jsonw_str(w, "why", damage->why);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

void pl_snapshot_json(struct pl_arena *arena, struct pl_jsonw *w,
                      const struct pl_snapshot *snapshot)
{
    const struct pl_container *c = &snapshot->container;
    pl_template_json_head(arena, w, &snapshot->template);
    pl_jsonw_str(w, "cuda-from", c->cuda_from);
    write_pythons(w, snapshot);
    write_damage(w, &snapshot->python->installed);
    pl_jsonw_array(w, "warnings");
    for (size_t i = 0; i < c->trouble_count; i++)
        pl_jsonw_str(w, NULL, c->troubles[i].message);
    pl_jsonw_end(w);
    pl_template_json_body(arena, w, &snapshot->template);
}
