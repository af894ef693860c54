#include "rules/template_write.h"

#include "core/escape.h"
#include "core/mask.h"

/* ---- values ---- */

/* Most requirements quote within markers: a literal string keeps them so. */
static bool fits_literal(struct pl_str text)
{
    return (pl_str_has(text, '"') || pl_str_has(text, '\\')) &&
           pl_str_printable(text, '\'', '\'') == text.len;
}

static void add_string(struct pl_buf *out, struct pl_str text)
{
    if (!fits_literal(text)) {
        pl_escape_toml(out, text);
        return;
    }
    pl_buf_add_char(out, '\'');
    pl_mask_add(out, text);
    pl_buf_add_char(out, '\'');
}

static void add_key(struct pl_buf *out, const char *key)
{
    pl_buf_addf(out, "%s = ", key);
}

static void write_str(struct pl_buf *out, const char *key, struct pl_str value)
{
    if (!value.len)
        return;
    add_key(out, key);
    add_string(out, value);
    pl_buf_add_char(out, '\n');
}

static void write_bool(struct pl_buf *out, const char *key, bool value)
{
    pl_buf_addf(out, "%s = %s\n", key, value ? "true" : "false");
}

/* Also when it is empty. */
static void write_list(struct pl_buf *out, const char *key,
                       const struct pl_str *at, size_t count)
{
    const char *before = count > 1 ? "\n    " : "";
    add_key(out, key);
    pl_buf_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        pl_buf_add_cstr(out, before);
        add_string(out, at[i]);
        pl_buf_add_cstr(out, count > 1 ? "," : "");
    }
    pl_buf_add_cstr(out, count > 1 ? "\n]\n" : "]\n");
}

static void write_strs(struct pl_buf *out, const char *key,
                       const struct pl_str *at, size_t count)
{
    if (count)
        write_list(out, key, at, count);
}

/* On one line, so that a package is a block of few lines. */
static void write_requires(struct pl_buf *out,
                           const struct pl_requirement *requires, size_t count)
{
    add_key(out, "requires");
    pl_buf_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        pl_buf_add_cstr(out, i ? ", " : "");
        add_string(out, requires[i].text);
    }
    pl_buf_add_cstr(out, "]\n");
}

/* ---- tables ---- */

static void write_head(const struct pl_template *t, struct pl_buf *out)
{
    pl_buf_add_cstr(out, "podlock-template = 1\n");
    write_str(out, "id", t->id);
    write_str(out, "title", t->title);
    write_list(out, "images", t->images, t->image_count);
}

static void write_constraints(const struct pl_template *t, struct pl_buf *out)
{
    PL_ARENA(scratch);
    struct pl_str *texts =
        pl_new_array(&scratch, struct pl_str, t->constraint_count);
    for (size_t i = 0; i < t->constraint_count; i++)
        texts[i] = t->constraints[i].text;
    write_strs(out, "constraints", texts, t->constraint_count);
}

static void write_environment(const struct pl_template *t, struct pl_buf *out)
{
    const struct pl_env *env = &t->env;
    pl_buf_add_cstr(out, "\n[environment]\n");
    write_str(out, "python",
              env->patch_known ? env->python_full : env->python_version);
    if (!t->glibc_assumed)
        pl_buf_addf(out, "glibc = \"%u.%u\"\n", env->glibc_major,
                    env->glibc_minor);
    write_str(out, "arch", env->arch);
    write_str(out, "os", t->os);
    write_str(out, "cuda", t->cuda);
    write_strs(out, "site-packages", t->site_packages, t->site_package_count);
    write_bool(out, "externally-managed", t->externally_managed);
    write_strs(out, "pip-settings", t->pip_settings, t->pip_setting_count);
    write_constraints(t, out);
}

static void write_index(const struct pl_template *t, struct pl_buf *out)
{
    if (t->torch_variant.len)
        pl_buf_addf(out, "\n[index]\ntorch = \"whl/%.*s\"\n",
                    PL_STR_ARG(t->torch_variant));
}

static void write_provenance(const struct pl_template *t, struct pl_buf *out)
{
    pl_buf_add_cstr(out, "\n[provenance]\n");
    write_str(out, "kind", t->provenance);
    write_str(out, "released", t->released);
    write_str(out, "how", t->how);
    write_strs(out, "sources", t->sources, t->source_count);
    write_bool(out, "complete", t->complete);
    write_strs(out, "unknown", t->unknown, t->unknown_count);
    write_strs(out, "notes", t->notes, t->note_count);
}

const char *pl_protect_name(enum pl_protect protect)
{
    switch (protect) {
    case PL_PROTECT_LOCKED:
        return "locked";
    case PL_PROTECT_KEEP:
        return "keep";
    case PL_PROTECT_OS:
        break;
    }
    return "os";
}

static void write_fact(const struct pl_fact *fact, struct pl_buf *out)
{
    pl_buf_add_cstr(out, "\n[[package]]\n");
    write_str(out, "name", fact->name);
    write_str(out, "version", fact->version.text);
    write_str(out, "protect", pl_str_from(pl_protect_name(fact->protect)));
    if (fact->requires_known)
        write_requires(out, fact->requires, fact->require_count);
    write_str(out, "requires-from", fact->requires_from);
    write_str(out, "evidence", fact->evidence);
    if (fact->has_treat_as)
        write_str(out, "treat-as", fact->treat_as.text);
    if (fact->size)
        pl_buf_addf(out, "size = %llu\n", (unsigned long long)fact->size);
}

void pl_template_write(const struct pl_template *t, struct pl_buf *out)
{
    write_head(t, out);
    write_environment(t, out);
    write_index(t, out);
    write_provenance(t, out);
    for (size_t i = 0; i < t->fact_count; i++)
        write_fact(&t->facts[i], out);
}
