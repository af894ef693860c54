#include "container/preflight_internal.h"

#include "container/facts.h"
#include "container/record_file.h"
#include "core/limits.h"

/* How many files of one package are named. */
#define NAMED_FILES 3

static bool is_of_os(const struct pl_preflight *p,
                     const struct pl_installed *row)
{
    for (size_t i = 0; i < p->python->folder_count; i++)
        if (p->python->folders[i].is_os &&
            pl_str_eq(p->python->folders[i].path, row->folder))
            return true;
    return false;
}

static bool is_wanted(const struct pl_preflight *p,
                      const struct pl_template *own,
                      const struct pl_installed *row)
{
    const struct pl_fact *fact = pl_template_fact(own, row->name);
    const struct pl_expected *e = pl_preflight_expected(p, row->name);
    if (pl_python_has(p->python, row->name) != row || is_of_os(p, row) ||
        row->is_editable)
        return false;
    return (fact && fact->protect == PL_PROTECT_LOCKED) ||
           (e && (e->locked || e->from == PL_EXPECT_LOCK));
}

static void tell_changed(struct pl_preflight *p, const struct pl_installed *row,
                         const struct pl_record_report *report)
{
    size_t count = pl_record_report_wrong(report);
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF306_CHANGED_FILES, row->name,
        "%.*s %.*s: %zu of %zu files are not what was installed",
        PL_STR_ARG(row->name), PL_STR_ARG(row->version_text), count,
        report->files);
    PL_BUF(names, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < report->wrong.len && i < NAMED_FILES; i++)
        pl_buf_addf(&names, "%s%.*s (%s)", i ? ", " : "",
                    PL_STR_ARG(report->wrong.at[i].path),
                    pl_record_wrong_name(report->wrong.at[i].wrong));
    if (count > NAMED_FILES)
        pl_buf_addf(&names, " and %zu more", count - NAMED_FILES);
    f->told.because = pl_arena_dup(p->arena, pl_buf_view(&names));
    const struct pl_expected *e = pl_preflight_expected(p, row->name);
    struct pl_str pip = pl_preflight_pip(p);
    struct pl_str version =
        e && e->has_version ? e->version.text : row->version.text;
    if (row->has_version)
        pl_error_hint(
            &f->told, "%.*s install --no-deps --force-reinstall %.*s==%.*s",
            PL_STR_ARG(pip), PL_STR_ARG(row->name), PL_STR_ARG(version));
}

static bool check(struct pl_preflight *p, const struct pl_installed *row,
                  struct pl_error *err)
{
    struct pl_record_report report;
    if (!row->has_record) {
        struct pl_finding *f = pl_preflight_add(
            p, PL_PF307_NO_RECORD, row->name,
            "%.*s %.*s has no RECORD: its files cannot be compared",
            PL_STR_ARG(row->name), PL_STR_ARG(row->version_text));
        pl_error_because(&f->told, "installed by %.*s",
                         PL_STR_ARG(row->installer.len ? row->installer
                                                       : PL_STR("unknown")));
        return true;
    }
    if (!pl_record_verify(p->arena, p->c->tree, row, &report, err))
        return false;
    p->out->hashed_packages++;
    p->out->hashed_bytes += report.bytes;
    if (pl_record_report_wrong(&report))
        tell_changed(p, row, &report);
    return true;
}

bool pl_preflight_deep(struct pl_preflight *p, struct pl_error *err)
{
    const struct pl_facts_options options = {.how = PL_STR("preflight")};
    const struct pl_installed_list *all = &p->python->installed;
    const struct pl_preflight_progress *progress = &p->q->progress;
    struct pl_template own;
    PL_VEC(const struct pl_installed *) wanted = {0};
    if (!pl_facts_make(p->arena, p->c, p->python, &options, &own, err))
        return false;
    for (size_t i = 0; i < all->rows.len; i++)
        if (is_wanted(p, &own, &all->rows.at[i]))
            pl_vec_push(p->arena, &wanted, &all->rows.at[i]);
    p->out->checks += 2;
    for (size_t i = 0; i < wanted.len; i++) {
        if (progress->report)
            progress->report(progress->data, i, wanted.len, wanted.at[i]->name);
        if (!check(p, wanted.at[i], err))
            return false;
    }
    return true;
}
