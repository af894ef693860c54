#include "container/preflight_internal.h"
#include "core/limits.h"

static const struct pl_site_folder *folder_of(const struct pl_preflight *p,
                                              struct pl_str path)
{
    for (size_t i = 0; i < p->python->folder_count; i++)
        if (pl_str_eq(p->python->folders[i].path, path))
            return &p->python->folders[i];
    return NULL;
}

/* Where pip installs: the first of Python's own that is not a user's. */
static struct pl_str pips_folder(const struct pl_preflight *p)
{
    for (size_t i = 0; i < p->python->folder_count; i++) {
        const struct pl_site_folder *folder = &p->python->folders[i];
        bool is_users = pl_str_find_str(folder->path, PL_STR("/.local/")) <
                        folder->path.len;
        if (folder->is_site && !folder->is_os && !is_users)
            return folder->path;
    }
    return PL_STR("");
}

/* ---- one package in two folders ---- */

static bool is_shadow(const struct pl_preflight *p,
                      const struct pl_installed *first,
                      const struct pl_installed *row, struct pl_str pips)
{
    const struct pl_site_folder *folder = folder_of(p, row->folder);
    return first != row && pl_str_eq(row->folder, pips) &&
           !pl_str_eq(first->folder, pips) && folder && !folder->is_os &&
           !pl_str_eq(first->version_text, row->version_text) &&
           pl_preflight_matters(p, row->name);
}

static void check_shadows(struct pl_preflight *p)
{
    struct pl_str pips = pips_folder(p);
    const struct pl_installed_list *all = &p->python->installed;
    p->out->checks++;
    for (size_t i = 0; i < all->rows.len; i++) {
        const struct pl_installed *row = &all->rows.at[i];
        const struct pl_installed *first = pl_python_has(p->python, row->name);
        if (!first || !is_shadow(p, first, row, pips))
            continue;
        struct pl_finding *f = pl_preflight_add(
            p, PL_PF302_SHADOWED, row->name,
            "%.*s %.*s of %.*s hides the installed %.*s", PL_STR_ARG(row->name),
            PL_STR_ARG(first->version_text), PL_STR_ARG(first->folder),
            PL_STR_ARG(row->version_text));
        pl_error_because(&f->told, "that folder comes before %.*s on sys.path",
                         PL_STR_ARG(pips));
        pl_error_hint(&f->told,
                      "export PYTHONNOUSERSITE=1 and unset "
                      "PYTHONPATH, or remove %.*s",
                      PL_STR_ARG(pl_preflight_word(p, first->info)));
    }
}

/* ---- what is broken ---- */

static enum pl_preflight_rule rule_of(enum pl_damage_kind kind)
{
    switch (kind) {
    case PL_DAMAGE_TWO_INFOS:
        return PL_PF301_TWO_VERSIONS;
    case PL_DAMAGE_METADATA_EMPTY:
    case PL_DAMAGE_METADATA_ABSENT:
    case PL_DAMAGE_METADATA_BAD:
    case PL_DAMAGE_NAME_DIFFERS:
    case PL_DAMAGE_RECORD_ABSENT:
        return PL_PF303_METADATA;
    case PL_DAMAGE_HALF_REMOVED:
        return PL_PF304_HALF_REMOVED;
    case PL_DAMAGE_CODE_ABSENT:
    case PL_DAMAGE_INFO_ABSENT:
    case PL_DAMAGE_LINK_TO_NOTHING:
        return PL_PF305_CODE_GONE;
    }
    return PL_PF303_METADATA;
}

static const char *phrase_of(enum pl_damage_kind kind)
{
    static const char *const phrases[] = {
        [PL_DAMAGE_TWO_INFOS] = "is there twice",
        [PL_DAMAGE_METADATA_EMPTY] = "its METADATA is empty",
        [PL_DAMAGE_METADATA_ABSENT] = "it has no METADATA",
        [PL_DAMAGE_METADATA_BAD] = "its METADATA cannot be read",
        [PL_DAMAGE_NAME_DIFFERS] = "its METADATA says another name or version",
        [PL_DAMAGE_RECORD_ABSENT] = "it has no RECORD: pip cannot remove it",
        [PL_DAMAGE_CODE_ABSENT] = "its code is gone",
        [PL_DAMAGE_INFO_ABSENT] = "code that no package owns",
        [PL_DAMAGE_LINK_TO_NOTHING] = "it leads to code that is gone",
        [PL_DAMAGE_HALF_REMOVED] = "left by a pip that was interrupted",
    };
    return phrases[kind];
}

/* Of two, pip removes one at a time. */
static void cure_two(struct pl_preflight *p, const struct pl_damage *d,
                     struct pl_finding *f)
{
    const struct pl_expected *e = pl_preflight_expected(p, d->name);
    struct pl_str pip = pl_preflight_pip(p);
    struct pl_str name = pl_preflight_word(p, d->name);
    struct pl_str wanted =
        e && e->has_version
            ? pl_arena_printf(p->arena, "%.*s==%.*s", PL_STR_ARG(e->name),
                              PL_STR_ARG(e->version.text))
            : name;
    pl_error_hint(&f->told,
                  "%.*s uninstall -y %.*s, twice, then %.*s install --no-deps "
                  "%.*s",
                  PL_STR_ARG(pip), PL_STR_ARG(name), PL_STR_ARG(pip),
                  PL_STR_ARG(wanted));
}

static void cure(struct pl_preflight *p, const struct pl_damage *d,
                 struct pl_finding *f)
{
    const struct pl_expected *e = pl_preflight_expected(p, d->name);
    struct pl_str pip = pl_preflight_pip(p);
    struct pl_str path = pl_preflight_word(p, d->path);
    if (d->kind == PL_DAMAGE_TWO_INFOS)
        cure_two(p, d, f);
    else if (d->kind == PL_DAMAGE_HALF_REMOVED ||
             d->kind == PL_DAMAGE_LINK_TO_NOTHING ||
             d->kind == PL_DAMAGE_INFO_ABSENT)
        pl_error_hint(&f->told, "rm -r %.*s", PL_STR_ARG(path));
    else if (e && e->has_version)
        pl_error_hint(&f->told,
                      "rm -r %.*s, then %.*s install --no-deps "
                      "--ignore-installed %.*s==%.*s",
                      PL_STR_ARG(path), PL_STR_ARG(pip), PL_STR_ARG(e->name),
                      PL_STR_ARG(e->version.text));
    else
        pl_error_hint(&f->told, "rm -r %.*s, then install the package again",
                      PL_STR_ARG(path));
}

/* apt's and a vendor's packages come so, and pip does not touch them. */
static bool is_worth_telling(const struct pl_preflight *p,
                             const struct pl_damage *d)
{
    const struct pl_site_folder *folder =
        folder_of(p, pl_str_sub(d->path, 0, pl_str_rfind(d->path, '/')));
    return !folder || !folder->is_os;
}

static void tell(struct pl_preflight *p, const struct pl_damage *d)
{
    struct pl_finding *f =
        pl_preflight_add(p, rule_of(d->kind), d->name, "%.*s: %s",
                         PL_STR_ARG(d->path), phrase_of(d->kind));
    if (pl_preflight_matters(p, d->name) && d->kind != PL_DAMAGE_RECORD_ABSENT)
        f->level = PL_LEVEL_ERROR;
    else if (d->kind == PL_DAMAGE_TWO_INFOS)
        f->level = PL_LEVEL_WARNING;
    f->told.because = d->why;
    cure(p, d, f);
}

void pl_preflight_damage(struct pl_preflight *p)
{
    const struct pl_installed_list *all = &p->python->installed;
    p->out->checks += 3;
    check_shadows(p);
    for (size_t i = 0; i < all->damage.len; i++) {
        if (p->out->findings.list.len >= PL_MAX_FINDINGS)
            return;
        if (is_worth_telling(p, &all->damage.at[i]))
            tell(p, &all->damage.at[i]);
    }
}
