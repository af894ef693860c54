#include "cli/resolve_show.h"
#include "core/jsonw.h"

void pl_json_file(struct pl_jsonw *w, const struct pl_lock_file *file)
{
    pl_jsonw_object(w, "file");
    pl_jsonw_str(w, "name", file->name);
    if (file->url.len)
        pl_jsonw_str(w, "url", file->url);
    else
        pl_jsonw_str(w, "path", file->path);
    if (file->has_size)
        pl_jsonw_u64(w, "size", file->size);
    else
        pl_jsonw_null(w, "size");
    pl_jsonw_str(w, "sha256", file->sha256);
    pl_jsonw_bool(w, "from-sdist", file->is_sdist);
    pl_jsonw_end(w);
}

static void write_package(struct pl_jsonw *w,
                          const struct pl_lock_package *package)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "name", package->name);
    pl_jsonw_str(w, "version", package->version);
    pl_jsonw_strs(w, "extras", package->extras, package->extra_count);
    pl_jsonw_strs(w, "via", package->via, package->via_count);
    pl_jsonw_strs(w, "rules", package->rules, package->rule_count);
    if (package->index.len)
        pl_jsonw_str(w, "index", package->index);
    pl_json_file(w, &package->file);
    pl_jsonw_end(w);
}

void pl_answer_json_head(struct pl_jsonw *w, const struct pl_setup *setup,
                         bool satisfiable)
{
    if (setup->has_template)
        pl_jsonw_str(w, "template", setup->template.id);
    else
        pl_jsonw_null(w, "template");
    pl_jsonw_str(w, "python", setup->problem.env.python_version);
    pl_jsonw_bool(w, "satisfiable", satisfiable);
}

void pl_answer_json_tail(struct pl_jsonw *w, const struct pl_answer *answer)
{
    const struct pl_solution *solution = answer->solution;
    pl_jsonw_strs(w, "warnings", answer->warnings.at, answer->warnings.len);
    pl_jsonw_u64(w, "rounds", solution->stats.rounds);
    pl_jsonw_u64(w, "solves", solution->stats.solves);
    pl_jsonw_u64(w, "solver-microseconds", solution->stats.solver_ns / 1000);
    pl_jsonw_u64(w, "pages", answer->read.pages);
    pl_jsonw_u64(w, "metadata", answer->read.metadata);
    pl_jsonw_u64(w, "requests", answer->read.requests);
    pl_jsonw_u64(w, "bytes", answer->read.bytes);
}

static void write_kept(struct pl_jsonw *w, const struct pl_lock *lock)
{
    pl_jsonw_array(w, "kept");
    for (size_t i = 0; i < lock->provided_count; i++) {
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "name", lock->provided[i].name);
        pl_jsonw_str(w, "version", lock->provided[i].version);
        pl_jsonw_bool(w, "locked", lock->provided[i].locked);
        pl_jsonw_strs(w, "via", lock->provided[i].via,
                      lock->provided[i].via_count);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

void pl_json_replaced(struct pl_jsonw *w, const struct pl_lock *lock)
{
    pl_jsonw_array(w, "replaced");
    for (size_t i = 0; i < lock->replaced_count; i++) {
        const struct pl_lock_replaced *r = &lock->replaced[i];
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "name", r->name);
        pl_jsonw_str(w, "from", r->from);
        pl_jsonw_str(w, "to", r->to);
        pl_jsonw_str(w, "because", r->because);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

static void write_rules(struct pl_jsonw *w, const struct pl_answer *answer)
{
    const struct pl_ignored_vec *reasons = &answer->setup->reasons;
    pl_jsonw_object(w, "rules");
    pl_jsonw_str(w, "edition", answer->setup->rules.edition);
    pl_jsonw_strs(w, "ignored", answer->lock->ignored_rules,
                  answer->lock->ignored_rule_count);
    pl_jsonw_array(w, "reasons");
    for (size_t i = 0; i < reasons->len; i++) {
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "id", reasons->at[i].id);
        pl_jsonw_str(w, "reason", reasons->at[i].reason);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
    pl_jsonw_end(w);
}

void pl_answer_json(const struct pl_answer *answer, struct pl_buf *out)
{
    const struct pl_lock *lock = answer->lock;
    const struct pl_solution *solution = answer->solution;
    struct pl_jsonw w = pl_jsonw_to(out);
    size_t unknown;
    pl_jsonw_object(&w, NULL);
    pl_answer_json_head(&w, answer->setup, true);
    pl_jsonw_array(&w, "packages");
    for (size_t i = 0; i < lock->package_count; i++)
        write_package(&w, &lock->packages[i]);
    pl_jsonw_end(&w);
    write_kept(&w, lock);
    pl_json_replaced(&w, lock);
    pl_jsonw_str(&w, "replaced-minimal",
                 solution->replaced_number_minimal ? PL_STR("number")
                                                   : PL_STR("inclusion"));
    pl_jsonw_strs(&w, "broken", lock->broken, lock->broken_count);
    pl_jsonw_u64(&w, "download", lock->download);
    pl_jsonw_u64(&w, "not-downloaded", pl_resolve_saved(solution, &unknown));
    pl_jsonw_u64(&w, "not-downloaded-unknown", unknown);
    write_rules(&w, answer);
    pl_answer_json_tail(&w, answer);
    pl_jsonw_end(&w);
}

void pl_json_place(struct pl_jsonw *w, struct pl_span span)
{
    if (!span.source)
        return;
    struct pl_place place = pl_span_place(span);
    pl_jsonw_object(w, "place");
    pl_jsonw_str(w, "file", span.source->name);
    pl_jsonw_u64(w, "line", place.line);
    pl_jsonw_u64(w, "column", place.column);
    pl_jsonw_end(w);
}
