#include "core/limits.h"
#include "core/mask.h"
#include "resolver/problem_text_internal.h"

struct writer {
    const struct pl_problem *problem;
    struct pl_buf *out;
    struct pl_arena *scratch;
};

static void write_line(struct writer *w, const char *keyword,
                       struct pl_str text)
{
    if (!text.len)
        return;
    pl_buf_add_cstr(w->out, keyword);
    pl_textword_print(w->out, text);
    pl_buf_add_char(w->out, '\n');
}

/* Its normal form: what was written may have been repaired in reading. */
static void write_requirement(struct writer *w, const char *before,
                              const struct pl_requirement *requirement)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    pl_requirement_print(requirement, &text);
    pl_buf_add_cstr(w->out, before);
    pl_textrest_print(w->out, pl_buf_view(&text));
    pl_buf_add_char(w->out, '\n');
}

static void write_specifier(struct writer *w,
                            const struct pl_specifier *specifier)
{
    pl_textword_print(w->out,
                      specifier->text.len ? specifier->text : PL_STR("*"));
}

/* ---- the environment and what is allowed ---- */

static void write_env(struct writer *w)
{
    const struct pl_env *env = &w->problem->env;
    write_line(w, "python",
               env->patch_known ? env->python_full : env->python_version);
    pl_buf_addf(w->out, "glibc %u.%u\n", env->glibc_major, env->glibc_minor);
    write_line(w, "arch", env->arch);
    for (size_t i = 0; i < pl_text_variable_count; i++) {
        const struct pl_text_variable *v = &pl_text_variables[i];
        const struct pl_str *value =
            (const struct pl_str *)((const char *)env + v->offset);
        if (!value->len)
            continue;
        pl_buf_addf(w->out, "marker %s", v->name);
        pl_textword_print(w->out, *value);
        pl_buf_add_char(w->out, '\n');
    }
}

static void write_names(struct writer *w, const char *keyword,
                        const struct pl_str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        write_line(w, keyword, names[i]);
}

static void write_format(struct writer *w, const char *keyword,
                         const struct pl_format_control *control)
{
    if (control->all)
        write_line(w, keyword, PL_STR(":all:"));
    write_names(w, keyword, control->names.at, control->names.len);
}

static void write_pins(struct writer *w, const struct pl_map *pins)
{
    for (size_t i = 0; i < pins->len; i++) {
        const struct pl_version *version = pins->entries[i].value;
        pl_buf_add_cstr(w->out, "pin ");
        pl_buf_add_str(w->out, pins->entries[i].key);
        pl_buf_add_char(w->out, ' ');
        pl_buf_add_str(w->out, version->text);
        pl_buf_add_char(w->out, '\n');
    }
}

static void write_policy(struct writer *w)
{
    const struct pl_policy *policy = &w->problem->policy;
    pl_buf_addf(w->out, "prerelease %s\n",
                pl_text_prereleases[policy->prerelease]);
    pl_buf_addf(w->out, "resolution %s\n",
                pl_text_resolutions[policy->resolution]);
    pl_buf_addf(w->out, "replace %s\n", pl_text_replaces[policy->replace]);
    pl_buf_addf(w->out, "window %u\n", policy->window);
    write_line(w, "exclude-newer", policy->exclude_newer);
    if (policy->no_deps)
        pl_buf_add_cstr(w->out, "no-deps\n");
    write_format(w, "no-binary", &policy->no_binary);
    write_format(w, "only-binary", &policy->only_binary);
    if (policy->allow_replace_all)
        write_line(w, "allow-replace", PL_STR(":all:"));
    write_names(w, "allow-replace", policy->allow_replace.at,
                policy->allow_replace.len);
    write_names(w, "allow-break", policy->allow_break.at,
                policy->allow_break.len);
    write_names(w, "exclude", policy->exclude.at, policy->exclude.len);
    write_pins(w, &policy->pins);
    write_names(w, "upgrade", policy->upgrades.at, policy->upgrades.len);
}

/* ---- what is asked ---- */

/* A dump is to be handed on: its URLs have no user name and password. */
static struct pl_str shown_text(struct writer *w,
                                const struct pl_requirement *req)
{
    struct pl_str url = pl_mask(w->scratch, req->url), text = req->text;
    size_t at = pl_str_find_str(text, req->url);
    if (url.at == req->url.at)
        return text;
    if (at == text.len)
        return pl_mask(w->scratch, text);
    struct pl_str rest = pl_str_sub(text, at + req->url.len, text.len);
    return pl_arena_printf(w->scratch, "%.*s%.*s%.*s", (int)at, text.at,
                           PL_STR_ARG(url), PL_STR_ARG(rest));
}

static void write_asked(struct writer *w, const char *keyword,
                        const struct pl_asked *asked, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct pl_asked *a = &asked[i];
        PL_BUF(where, PL_MAX_OUTPUT_BYTES);
        pl_textword_print(&where, a->where);
        struct pl_str word = pl_buf_view(&where);
        pl_buf_addf(w->out, "%s@", keyword);
        pl_buf_add_str(w->out, pl_str_sub(word, 1, word.len));
        pl_textrest_print(w->out, shown_text(w, &a->req));
        pl_buf_add_char(w->out, '\n');
        for (size_t n = 0; n < a->hash_count; n++)
            write_line(w, "  hash", a->hashes[n]);
    }
}

/* ---- what is there ---- */

static void write_fact(struct writer *w, const struct pl_fact *fact)
{
    pl_buf_add_cstr(w->out, "fact");
    pl_textword_print(w->out, fact->name);
    pl_textword_print(w->out, fact->version.text);
    pl_buf_addf(w->out, " %s", pl_text_protects[fact->protect]);
    if (fact->has_treat_as)
        pl_textoption_print(w->out, "treat-as", fact->treat_as.text);
    if (fact->size)
        pl_buf_addf(w->out, " size=%llu", (unsigned long long)fact->size);
    if (!fact->requires_known)
        pl_buf_add_cstr(w->out, " requires-unknown");
    pl_textoption_print(w->out, "requires-from", fact->requires_from);
    pl_textoption_print(w->out, "evidence", fact->evidence);
    pl_buf_add_char(w->out, '\n');
    for (size_t i = 0; i < fact->require_count; i++)
        write_requirement(w, "  requires", &fact->requires[i]);
}

static void write_template(struct writer *w)
{
    const struct pl_template *template = w->problem->template;
    if (!template)
        return;
    pl_buf_add_cstr(w->out, "template");
    pl_textword_print(w->out, template->id);
    pl_textoption_print(w->out, "digest", template->digest);
    pl_buf_add_char(w->out, '\n');
    for (size_t i = 0; i < template->constraint_count; i++)
        write_requirement(w, "template-constraint", &template->constraints[i]);
    for (size_t i = 0; i < template->fact_count; i++)
        write_fact(w, &template->facts[i]);
}

static void write_rule(struct writer *w, const struct pl_abi_rule *rule)
{
    pl_buf_add_cstr(w->out, "rule");
    pl_textword_print(w->out, rule->id);
    pl_textword_print(w->out, rule->package);
    write_specifier(w, &rule->versions);
    pl_buf_add_cstr(w->out, rule->is_requires ? " requires" : " conflicts");
    pl_textword_print(w->out, rule->other);
    write_specifier(w, &rule->other_versions);
    pl_textoption_print(w->out, "severity", rule->severity);
    pl_textoption_print(w->out, "status", rule->status);
    pl_textoption_print(w->out, "reason", rule->reason);
    pl_textoption_print(w->out, "evidence", rule->evidence);
    if (rule->in_metadata)
        pl_buf_add_cstr(w->out, " in-metadata");
    pl_buf_add_char(w->out, '\n');
}

/* ---- what the index answered ---- */

/* The candidate whose metadata was read, by its file; NULL: none was. */
static const struct pl_candidate *
read_candidate(const struct pl_project *project, const struct pl_file *file)
{
    for (size_t i = 0; i < project->candidate_count; i++) {
        const struct pl_candidate *c = &project->candidates[i];
        if (c->file == file)
            return c->state == PL_CANDIDATE_READ ||
                           c->state == PL_CANDIDATE_UNUSABLE
                       ? c
                       : NULL;
    }
    return NULL;
}

static void write_metadata(struct writer *w, const struct pl_metadata *metadata)
{
    for (size_t i = 0; i < metadata->extra_count; i++)
        write_line(w, "    extra", metadata->extras[i]);
    for (size_t i = 0; i < metadata->require_count; i++)
        write_requirement(w, "   ", &metadata->requires[i]);
}

static void write_page_options(struct writer *w, const struct pl_file *file)
{
    struct pl_str usual =
        pl_text_default_url(w->scratch, file->page, file->details->name);
    if (!pl_str_eq(file->details->url, usual))
        pl_textoption_print(w->out, "url", file->details->url);
    pl_textoption_print(w->out, "path", file->details->path);
    if (file->details->sha256.len)
        pl_textoption_print(w->out, "sha256", file->details->sha256);
    else
        pl_buf_add_cstr(w->out, " no-hash");
    if (file->details->has_size)
        pl_buf_addf(w->out, " size=%llu",
                    (unsigned long long)file->details->size);
    pl_textoption_print(w->out, "upload", file->details->upload_time);
    pl_textoption_print(w->out, "python", file->requires_python);
    if (file->yanked && !file->yanked_reason.len)
        pl_buf_add_cstr(w->out, " yanked");
    else if (file->yanked)
        pl_textoption_print(w->out, "yanked", file->yanked_reason);
}

static void write_file(struct writer *w, const struct pl_project *project,
                       const struct pl_file *file)
{
    const struct pl_candidate *candidate = read_candidate(project, file);
    const struct pl_metadata *metadata = candidate ? candidate->metadata : NULL;
    pl_buf_add_char(w->out, ' ');
    pl_textword_print(w->out, file->details->name);
    write_page_options(w, file);
    if (!candidate)
        pl_buf_add_cstr(w->out, " unread");
    else if (!metadata && !candidate->reason.len)
        pl_buf_add_cstr(w->out, " unusable");
    else if (!metadata)
        pl_textoption_print(w->out, "unusable", candidate->reason);
    if (metadata) {
        pl_textoption_print(w->out, "metadata-python",
                            metadata->requires_python.text);
        if (metadata->from_sdist)
            pl_buf_add_cstr(w->out, " from-sdist");
        if (metadata->repaired)
            pl_buf_add_cstr(w->out, " repaired");
    }
    pl_buf_add_char(w->out, '\n');
    if (metadata)
        write_metadata(w, metadata);
}

static void write_page(struct writer *w, const struct pl_project *project)
{
    const struct pl_page *page = project->page;
    pl_buf_add_cstr(w->out, "project");
    pl_textword_print(w->out, project->name);
    if (!pl_str_is(page->index_url, PL_PROBLEM_TEXT_INDEX))
        pl_textoption_print(w->out, "index", page->index_url);
    if (page->is_torch)
        pl_buf_add_cstr(w->out, " torch");
    pl_textoption_print(w->out, "status", page->status);
    if (page->dropped)
        pl_buf_addf(w->out, " dropped=%zu", page->dropped);
    pl_buf_add_char(w->out, '\n');
    for (size_t i = 0; i < page->file_count; i++)
        write_file(w, project, &page->files[i]);
}

static int compare_projects(const void *a, const void *b)
{
    return pl_str_cmp((*(struct pl_project *const *)a)->name,
                      (*(struct pl_project *const *)b)->name);
}

static void write_index(struct writer *w)
{
    size_t count = pl_problem_project_count(w->problem);
    struct pl_project **sorted =
        pl_new_array(w->scratch, struct pl_project *, count + 1);
    for (size_t i = 0; i < count; i++)
        sorted[i] = pl_problem_project_at(w->problem, i);
    qsort(sorted, count, sizeof(sorted[0]), compare_projects);
    for (size_t i = 0; i < count; i++) {
        if (sorted[i]->page_state == PL_PAGE_ABSENT)
            write_line(w, "absent", sorted[i]->name);
        else if (sorted[i]->page)
            write_page(w, sorted[i]);
    }
}

void pl_problem_text_write(const struct pl_problem *problem, struct pl_buf *out)
{
    PL_ARENA(scratch);
    struct writer w = {problem, out, &scratch};
    pl_buf_add_cstr(out, PL_PROBLEM_TEXT_FIRST_LINE "\nrecorded\n");
    write_env(&w);
    write_policy(&w);
    write_asked(&w, "require", problem->asked, problem->asked_count);
    write_asked(&w, "constraint", problem->constraints,
                problem->constraint_count);
    write_asked(&w, "override", problem->overrides, problem->override_count);
    write_template(&w);
    for (size_t i = 0; i < problem->rule_count; i++)
        write_rule(&w, problem->rules[i]);
    write_index(&w);
}
