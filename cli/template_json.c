#include "cli/template_json.h"

#include "rules/template_write.h"

struct pl_str pl_template_python(const struct pl_template *t)
{
    return t->env.patch_known ? t->env.python_full : t->env.python_version;
}

struct pl_str pl_template_torch(struct pl_arena *arena,
                                const struct pl_template *t)
{
    const struct pl_fact *fact = pl_template_fact(t, PL_STR("torch"));
    return fact ? pl_version_text(arena, &fact->version) : (struct pl_str){0};
}

void pl_template_json_head(struct pl_arena *arena, struct pl_jsonw *w,
                           const struct pl_template *t)
{
    pl_jsonw_str(w, "id", t->id);
    pl_jsonw_str(w, "title", t->title);
    pl_jsonw_strs(w, "images", t->images, t->image_count);
    pl_jsonw_str(w, "python", pl_template_python(t));
    pl_jsonw_str(w, "torch", pl_template_torch(arena, t));
    pl_jsonw_str(w, "cuda", t->cuda);
    pl_jsonw_str(w, "glibc",
                 pl_arena_printf(arena, "%u.%u", t->env.glibc_major,
                                 t->env.glibc_minor));
    pl_jsonw_str(w, "arch", t->env.arch);
    pl_jsonw_str(w, "os", t->os);
    pl_jsonw_str(w, "torch-variant", t->torch_variant);
    pl_jsonw_str(w, "provenance", t->provenance);
    pl_jsonw_str(w, "released", t->released);
    pl_jsonw_bool(w, "complete", t->complete);
    pl_jsonw_str(w, "digest", t->digest);
}

static void write_requirements(struct pl_jsonw *w, const char *key,
                               const struct pl_requirement *at, size_t count)
{
    pl_jsonw_array(w, key);
    for (size_t i = 0; i < count; i++)
        pl_jsonw_str(w, NULL, at[i].text);
    pl_jsonw_end(w);
}

static void write_fact(struct pl_arena *arena, struct pl_jsonw *w,
                       const struct pl_fact *fact)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "name", fact->name);
    pl_jsonw_str(w, "version", pl_version_text(arena, &fact->version));
    pl_jsonw_str(w, "protect", pl_str_from(pl_protect_name(fact->protect)));
    if (fact->has_treat_as)
        pl_jsonw_str(w, "treat-as", pl_version_text(arena, &fact->treat_as));
    if (fact->size)
        pl_jsonw_u64(w, "size", fact->size);
    pl_jsonw_str(w, "evidence", fact->evidence);
    if (fact->requires_known)
        write_requirements(w, "requires", fact->requires, fact->require_count);
    pl_jsonw_end(w);
}

void pl_template_json_body(struct pl_arena *arena, struct pl_jsonw *w,
                           const struct pl_template *t)
{
    pl_jsonw_str(w, "how", t->how);
    pl_jsonw_strs(w, "sources", t->sources, t->source_count);
    pl_jsonw_strs(w, "notes", t->notes, t->note_count);
    pl_jsonw_strs(w, "unknown", t->unknown, t->unknown_count);
    pl_jsonw_strs(w, "site-packages", t->site_packages, t->site_package_count);
    pl_jsonw_bool(w, "externally-managed", t->externally_managed);
    pl_jsonw_strs(w, "pip-settings", t->pip_settings, t->pip_setting_count);
    write_requirements(w, "constraints", t->constraints, t->constraint_count);
    pl_jsonw_array(w, "packages");
    for (size_t i = 0; i < t->fact_count; i++)
        write_fact(arena, w, &t->facts[i]);
    pl_jsonw_end(w);
}
