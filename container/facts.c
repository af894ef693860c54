#include "container/facts.h"

#include <stdlib.h>

#include "container/facts_notes.h"
#include "container/facts_protect.h"
#include "container/facts_torch.h"
#include "core/limits.h"
#include "core/mask.h"
#include "rules/template_write.h"

struct maker {
    struct pl_arena *arena;
    const struct pl_container *container;
    const struct pl_python *python;
    const struct pl_facts_options *options;
    struct pl_error *err;
    struct pl_torch_family family;
    struct pl_map rows; /* name -> struct pl_installed, the one that counts */
    struct pl_notes notes;
    struct pl_template t;
};

/* ---- the target ---- */

static bool is_dotted_char(char c)
{
    return pl_is_digit(c) || c == '.';
}

/* "3.14.0" of "3.14.0rc2": a template has no other form. */
static struct pl_str plain_version(struct pl_str text)
{
    struct pl_cursor c = pl_cursor_from(text);
    struct pl_str plain = pl_cursor_span(&c, is_dotted_char);
    while (pl_str_ends(plain, "."))
        plain.len--;
    return plain;
}

static void add_note(struct maker *m, struct pl_str note)
{
    pl_vec_push(m->arena, &m->notes.list, note);
}

static bool make_env(struct maker *m)
{
    const struct pl_container *c = m->container;
    struct pl_str python = plain_version(m->python->version);
    struct pl_str glibc = c->glibc.len ? c->glibc : PL_STR("2.28");
    struct pl_str arch = c->arch.len ? c->arch : PL_STR("x86_64");
    if (!python.len) {
        pl_error_plain(m->err, PL_ERR_INPUT,
                       "the Python's version is not "
                       "known");
        return pl_error_hint(m->err, "say it: --python-version 3.12");
    }
    if (c->is_musl) {
        pl_error_plain(m->err, PL_ERR_INPUT,
                       "this container has musl, not glibc");
        return pl_error_because(m->err, "podlock resolves for glibc, which "
                                        "torch's wheels need");
    }
    if (!c->arch.len)
        add_note(m, PL_STR("The architecture is not known: x86_64 is "
                           "assumed."));
    m->t.glibc_assumed = !c->glibc.len;
    return pl_env_make(m->arena, python, glibc, arch, &m->t.env, m->err);
}

/* A template's is digits and dots; what is more says nothing to podlock. */
static struct pl_str plain_cuda(struct pl_str cuda)
{
    return pl_str_eq(plain_version(cuda), cuda) ? cuda : (struct pl_str){0};
}

static void take_folders(struct maker *m)
{
    size_t kept = 0, count = m->python->folder_count;
    struct pl_str *paths = pl_new_array(m->arena, struct pl_str, count);
    for (size_t i = 0; i < count; i++)
        if (m->python->folders[i].is_site)
            paths[kept++] = m->python->folders[i].path;
    m->t.site_packages = paths;
    m->t.site_package_count = kept;
}

static int compare_strs(const void *left, const void *right)
{
    return pl_str_cmp(*(const struct pl_str *)left,
                      *(const struct pl_str *)right);
}

static void take_settings(struct maker *m)
{
    size_t kept = 0, count = m->container->setting_count;
    struct pl_str *lines = pl_new_array(m->arena, struct pl_str, count);
    for (size_t i = 0; i < count; i++) {
        const struct pl_pip_setting *s = &m->container->settings[i];
        if (s->value.len)
            lines[kept++] =
                pl_arena_printf(m->arena, "%.*s=%.*s", PL_STR_ARG(s->name),
                                PL_STR_ARG(s->value));
    }
    if (kept)
        qsort(lines, kept, sizeof(*lines), compare_strs);
    m->t.pip_settings = lines;
    m->t.pip_setting_count = kept;
}

static bool is_image_char(char c)
{
    return c > ' ' && c < '\x7f';
}

static void take_images(struct maker *m)
{
    size_t count = m->options->image_count, kept = 0;
    struct pl_str *images = pl_new_array(m->arena, struct pl_str, count);
    for (size_t i = 0; i < count; i++) {
        struct pl_cursor c = pl_cursor_from(m->options->images[i]);
        pl_cursor_span(&c, is_image_char);
        if (m->options->images[i].len && pl_cursor_done(&c))
            images[kept++] = m->options->images[i];
    }
    m->t.images = images;
    m->t.image_count = kept;
}

static bool take_environment(struct maker *m)
{
    const struct pl_container *c = m->container;
    if (!make_env(m))
        return false;
    m->t.os = c->os;
    m->t.cuda = plain_cuda(c->cuda);
    m->t.externally_managed = m->python->externally_managed;
    m->t.constraints = c->constraints;
    m->t.constraint_count = c->constraint_count;
    take_folders(m);
    take_settings(m);
    take_images(m);
    return true;
}

/* ---- packages ---- */

/* pip's own folder comes first on the path; in one folder the whole one. */
static bool is_better(const struct pl_installed *a,
                      const struct pl_installed *b)
{
    if (!pl_str_eq(a->folder, b->folder))
        return false;
    if (a->requires_known != b->requires_known)
        return a->requires_known;
    if (a->has_record != b->has_record)
        return a->has_record;
    return a->has_version &&
           (!b->has_version || pl_version_cmp(&a->version, &b->version) > 0);
}

static void choose_rows(struct maker *m)
{
    const struct pl_installed_list *list = &m->python->installed;
    m->rows.arena = m->arena;
    for (size_t i = 0; i < list->rows.len; i++) {
        struct pl_installed *row = &list->rows.at[i];
        void **slot = pl_map_slot(&m->rows, row->name);
        if (!*slot || is_better(row, *slot))
            *slot = row;
    }
}

static bool is_of_os(const struct maker *m, const struct pl_installed *row)
{
    for (size_t i = 0; i < m->python->folder_count; i++)
        if (m->python->folders[i].is_os &&
            pl_str_eq(m->python->folders[i].path, row->folder))
            return true;
    return false;
}

static bool same_marker(const struct pl_marker *a, const struct pl_marker *b)
{
    PL_BUF(left, PL_MAX_OUTPUT_BYTES);
    PL_BUF(right, PL_MAX_OUTPUT_BYTES);
    if (a)
        pl_marker_print(a, &left);
    if (b)
        pl_marker_print(b, &right);
    return pl_str_eq(pl_buf_view(&left), pl_buf_view(&right));
}

/* A secret is hidden where it is written, and what follows it perhaps, too. */
static bool can_write(struct pl_arena *arena, const struct pl_installed *row)
{
    struct pl_requirement again;
    for (size_t i = 0; i < row->require_count; i++) {
        struct pl_str text = row->requires[i].text;
        struct pl_str hidden = pl_mask(arena, text);
        if (pl_str_eq(text, hidden))
            continue;
        if (!pl_requirement_parse_lenient(arena, hidden, &again, NULL, NULL) ||
            !same_marker(row->requires[i].marker, again.marker))
            return false;
    }
    return true;
}

static struct pl_fact fact_of(const struct maker *m,
                              const struct pl_installed *row)
{
    bool known = row->requires_known && can_write(m->arena, row);
    return (struct pl_fact){
        .name = row->name,
        .version = row->version,
        .protect = is_of_os(m, row) ? PL_PROTECT_OS : PL_PROTECT_KEEP,
        .requires_known = known,
        .requires = row->requires,
        .require_count = known ? row->require_count : 0,
        .evidence = PL_STR("captured"),
    };
}

static int compare_facts(const void *left, const void *right)
{
    const struct pl_fact *a = left, *b = right;
    return pl_str_cmp(a->name, b->name);
}

static struct pl_fact *make_facts(struct maker *m)
{
    size_t kept = 0;
    PL_VEC(struct pl_str) unknown = {0};
    struct pl_fact *facts = pl_new_array(m->arena, struct pl_fact, m->rows.len);
    for (size_t i = 0; i < m->rows.len; i++) {
        const struct pl_installed *row = m->rows.entries[i].value;
        if (row->has_version)
            facts[kept++] = fact_of(m, row);
        else
            pl_vec_push(m->arena, &unknown, row->name);
    }
    if (kept)
        qsort(facts, kept, sizeof(*facts), compare_facts);
    if (unknown.len)
        qsort(unknown.at, unknown.len, sizeof(*unknown.at), compare_strs);
    m->t.facts = facts;
    m->t.fact_count = kept;
    m->t.unknown = unknown.at;
    m->t.unknown_count = unknown.len;
    return facts;
}

static void note_direct(struct maker *m)
{
    PL_VEC(struct pl_str) direct = {0}, editable = {0};
    for (size_t i = 0; i < m->rows.len; i++) {
        const struct pl_installed *row = m->rows.entries[i].value;
        if (row->is_editable)
            pl_vec_push(m->arena, &editable, row->name);
        else if (row->direct_url.len)
            pl_vec_push(m->arena, &direct, row->name);
    }
    pl_notes_add_names(&m->notes, "Installed from a URL, not from an index",
                       direct.at, direct.len);
    pl_notes_add_names(&m->notes, "Editable: its code is in a folder",
                       editable.at, editable.len);
}

static void take_packages(struct maker *m)
{
    bool by_name;
    choose_rows(m);
    struct pl_fact *facts = make_facts(m);
    pl_facts_protect(m->arena, &m->t.env, &m->family, facts, m->t.fact_count,
                     &by_name);
    if (by_name)
        add_note(m, PL_STR("What this torch requires is not known: the locked "
                           "packages are told by their names."));
    note_direct(m);
    pl_notes_add_names(&m->notes,
                       "The version is none of PEP 440, or not "
                       "known",
                       m->t.unknown, m->t.unknown_count);
    pl_notes_add_damage(&m->notes, m->python);
}

/* ---- what it is called ---- */

/* "280" of 2.8.0: as images' tags have it. */
static void add_release(struct pl_buf *out, const struct pl_version *v)
{
    for (uint32_t i = 0; i < v->release_count; i++)
        pl_buf_add_u64(out, v->release[i]);
    if (v->has_dev) {
        pl_buf_add_cstr(out, "dev");
        pl_buf_add_u64(out, v->dev_number);
    }
}

/* "snapshot-torch280-cu128-py312" */
static struct pl_str make_id(struct maker *m, const struct pl_fact *torch,
                             struct pl_str backend)
{
    PL_BUF(id, PL_MAX_MESSAGE_BYTES);
    pl_buf_add_cstr(&id, "snapshot");
    if (torch) {
        pl_buf_add_cstr(&id, "-torch");
        add_release(&id, &torch->version);
    }
    if (backend.len)
        pl_buf_addf(&id, "-%.*s", PL_STR_ARG(backend));
    pl_buf_addf(&id, "-py%u%u", m->t.env.python_major, m->t.env.python_minor);
    return pl_arena_dup(m->arena, pl_buf_view(&id));
}

static struct pl_str make_title(struct maker *m, const struct pl_fact *torch)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    const struct pl_env *env = &m->t.env;
    if (torch)
        pl_buf_addf(&text, "torch %.*s, ", PL_STR_ARG(torch->version.text));
    pl_buf_addf(
        &text, "Python %.*s",
        PL_STR_ARG(env->patch_known ? env->python_full : env->python_version));
    if (m->t.cuda.len)
        pl_buf_addf(&text, ", CUDA %.*s", PL_STR_ARG(m->t.cuda));
    if (m->t.os.len)
        pl_buf_addf(&text, " (%.*s)", PL_STR_ARG(m->t.os));
    return pl_arena_dup(m->arena, pl_buf_view(&text));
}

static void name_it(struct maker *m)
{
    const struct pl_fact *torch = pl_template_fact(&m->t, PL_STR("torch"));
    const struct pl_installed *row = pl_map_get(&m->rows, PL_STR("torch"));
    struct pl_torch_build build = {0};
    if (torch)
        build =
            pl_torch_build_of(m->arena, m->container->tree, &m->family, row);
    m->t.torch_variant = build.variant;
    m->t.id =
        m->options->id.len ? m->options->id : make_id(m, torch, build.backend);
    m->t.title = make_title(m, torch);
}

/* ---- the whole ---- */

/* A file of it says the same, and its digest is this one's. */
static bool read_again(struct maker *m, struct pl_template *out)
{
    PL_BUF(text, PL_MAX_USER_FILE_BYTES);
    pl_template_write(&m->t, &text);
    if (!pl_buf_ok(&text))
        return pl_error_plain(m->err, PL_ERR_LIMIT,
                              "what is installed makes more than %u bytes",
                              PL_MAX_USER_FILE_BYTES);
    const struct pl_source *source =
        pl_source_from_text(m->arena, PL_STR("snapshot"),
                            pl_arena_dup(m->arena, pl_buf_view(&text)));
    return pl_template_parse(m->arena, source, out, m->err);
}

bool pl_facts_make(struct pl_arena *arena, const struct pl_container *container,
                   const struct pl_python *python,
                   const struct pl_facts_options *options,
                   struct pl_template *out, struct pl_error *err)
{
    struct maker m = {
        .arena = arena,
        .container = container,
        .python = python,
        .options = options,
        .err = err,
        .notes = {.arena = arena},
        .t = {.provenance = PL_STR("captured"),
              .how = options->how,
              .sources = &options->source,
              .source_count = options->source.len != 0,
              .complete = !options->is_partial},
    };
    if (pl_str_is(options->id, "auto"))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "`auto` has a meaning of its own and cannot be "
                              "an id");
    if (!pl_torch_family_load(arena, &m.family, err) || !take_environment(&m))
        return false;
    take_packages(&m);
    name_it(&m);
    m.t.notes = m.notes.list.at;
    m.t.note_count = m.notes.list.len;
    return read_again(&m, out);
}
