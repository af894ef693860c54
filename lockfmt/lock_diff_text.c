#include "lockfmt/lock_diff_text.h"

#include "core/buf.h"
#include "core/limits.h"

struct pl_str pl_diff_kind_name(enum pl_diff_kind kind)
{
    static const char *const names[PL_DIFF_KINDS] = {
        [PL_DIFF_ADDED] = "added",         [PL_DIFF_REMOVED] = "removed",
        [PL_DIFF_UPGRADED] = "upgraded",   [PL_DIFF_DOWNGRADED] = "downgraded",
        [PL_DIFF_INSTALLED] = "installed", [PL_DIFF_KEPT] = "kept",
        [PL_DIFF_REBUILT] = "rebuilt",     [PL_DIFF_RELOCATED] = "relocated",
        [PL_DIFF_CHANGED] = "changed",
    };
    return pl_str_from(names[kind]);
}

struct pl_str pl_diff_group_name(enum pl_diff_group group)
{
    static const char *const names[PL_DIFF_GROUPS] = {
        [PL_DIFF_TORCH] = "torch",       [PL_DIFF_FILES] = "files",
        [PL_DIFF_REPLACED] = "replaced", [PL_DIFF_ABI] = "abi",
        [PL_DIFF_MAJOR] = "major",       [PL_DIFF_MINOR] = "minor",
        [PL_DIFF_PATCH] = "patch",       [PL_DIFF_NEW] = "added",
        [PL_DIFF_GONE] = "removed",      [PL_DIFF_OTHER] = "other",
    };
    return pl_str_from(names[group]);
}

struct pl_str pl_diff_field_name(enum pl_diff_field field)
{
    static const char *const names[PL_DIFF_FIELDS] = {
        [PL_DIFF_VERSION] = "version",
        [PL_DIFF_MARKER] = "marker",
        [PL_DIFF_REQUIRES_PYTHON] = "requires-python",
        [PL_DIFF_INDEX] = "index",
        [PL_DIFF_DEPENDENCY] = "dependencies",
        [PL_DIFF_DEPENDENCIES_TEXT] = "dependencies",
        [PL_DIFF_IDENTITIES] = "attestation-identities",
        [PL_DIFF_VIA] = "via",
        [PL_DIFF_RULE] = "rules",
        [PL_DIFF_REQUESTED_EXTRA] = "requested extras",
        [PL_DIFF_SOURCE] = "source",
        [PL_DIFF_VCS] = "vcs type",
        [PL_DIFF_TREE_URL] = "url",
        [PL_DIFF_TREE_PATH] = "path",
        [PL_DIFF_REVISION] = "requested-revision",
        [PL_DIFF_COMMIT] = "commit-id",
        [PL_DIFF_SUBDIRECTORY] = "subdirectory",
        [PL_DIFF_EDITABLE] = "editable",
        [PL_DIFF_TREE_OTHER] = "source key",
        [PL_DIFF_OTHER_KEY] = "key",
        [PL_DIFF_TOOL_KEY] = "tool key",
        [PL_DIFF_PODLOCK_KEY] = "tool.podlock key",
        [PL_DIFF_PROVIDED] = "provided",
        [PL_DIFF_PROVIDED_VIA] = "provided via",
        [PL_DIFF_REPLACES] = "replaced from",
        [PL_DIFF_REPLACES_TO] = "replaced to",
        [PL_DIFF_REPLACES_BECAUSE] = "replaced because",
        [PL_DIFF_REPLACES_OS] = "replaced os",
        [PL_DIFF_LOCK_VERSION] = "lock-version",
        [PL_DIFF_CREATED_BY] = "created-by",
        [PL_DIFF_FOREIGN] = "another tool's",
        [PL_DIFF_TEMPLATE] = "template",
        [PL_DIFF_TEMPLATE_DIGEST] = "template-digest",
        [PL_DIFF_RULES_EDITION] = "rules",
        [PL_DIFF_DOWNLOAD] = "download",
        [PL_DIFF_PYTHON] = "python",
        [PL_DIFF_CUDA] = "cuda",
        [PL_DIFF_BROKEN] = "broken",
        [PL_DIFF_IGNORED_RULE] = "ignored-rules",
        [PL_DIFF_ENVIRONMENT] = "environments",
        [PL_DIFF_EXTRA] = "extras",
        [PL_DIFF_DEPENDENCY_GROUP] = "dependency-groups",
        [PL_DIFF_DEFAULT_GROUP] = "default-groups",
        [PL_DIFF_INPUT] = "inputs",
        [PL_DIFF_ARGUMENT] = "arguments",
        [PL_DIFF_HAS_EXTRAS] = "has extras",
        [PL_DIFF_HAS_DEPENDENCY_GROUPS] = "has dependency-groups",
        [PL_DIFF_HAS_DEFAULT_GROUPS] = "has default-groups",
    };
    return pl_str_from(names[field]);
}

struct pl_str pl_diff_where_name(enum pl_diff_where where)
{
    switch (where) {
    case PL_DIFF_NOWHERE:
        break;
    case PL_DIFF_IN_TEMPLATE:
        return PL_STR("template");
    case PL_DIFF_IN_LOCK:
        return PL_STR("lock");
    }
    return (struct pl_str){0};
}

/* ---- reasons ---- */

static struct pl_str text_of_line(struct pl_arena *arena,
                                  const struct pl_diff_reason *r)
{
    if (r->had && r->has)
        return pl_arena_printf(arena, "%.*s %.*s -> %.*s", PL_STR_ARG(r->who),
                               PL_STR_ARG(r->from), PL_STR_ARG(r->to));
    struct pl_str text = r->has ? r->to : r->from;
    const char *verb = r->has ? "asks for it" : "asks for it no more";
    if (!text.len)
        return pl_arena_printf(arena, "%.*s %s", PL_STR_ARG(r->who), verb);
    return pl_arena_printf(arena, "%.*s %.*s %s", PL_STR_ARG(r->who),
                           PL_STR_ARG(text), verb);
}

static struct pl_str text_of_parent(struct pl_arena *arena,
                                    const struct pl_diff_reason *r)
{
    const char *verb = r->has ? (r->had ? "asks for it" : "asks for it now")
                              : "asks for it no more";
    if (r->from.len && r->to.len)
        return pl_arena_printf(arena, "%.*s %.*s -> %.*s %s",
                               PL_STR_ARG(r->who), PL_STR_ARG(r->from),
                               PL_STR_ARG(r->to),
                               r->has ? "asks for it" : verb);
    if (r->to.len)
        return pl_arena_printf(arena, "%.*s %.*s, added, %s",
                               PL_STR_ARG(r->who), PL_STR_ARG(r->to),
                               r->has ? "asks for it" : verb);
    if (r->from.len)
        return pl_arena_printf(arena, "%.*s %.*s, removed, asked for it",
                               PL_STR_ARG(r->who), PL_STR_ARG(r->from));
    return pl_arena_printf(arena, "%.*s %s", PL_STR_ARG(r->who), verb);
}

static struct pl_str text_of_template(struct pl_arena *arena,
                                      const struct pl_diff_reason *r)
{
    if (r->text.len)
        return r->text;
    if (!r->has)
        return pl_arena_printf(arena,
                               "the lock is for no template now, was "
                               "for %.*s",
                               PL_STR_ARG(r->from));
    return pl_arena_printf(arena, "the template is %.*s now",
                           PL_STR_ARG(r->to));
}

static struct pl_str text_of_rule(struct pl_arena *arena,
                                  const struct pl_diff_reason *r)
{
    const char *verb = r->has ? "matters now" : "matters no more";
    if (r->kind == PL_DIFF_BY_IGNORED_RULE)
        verb = r->has ? "is ignored now" : "is ignored no more";
    if (!r->text.len)
        return pl_arena_printf(arena, "rule %.*s %s", PL_STR_ARG(r->who), verb);
    return pl_arena_printf(arena, "rule %.*s %s: %.*s", PL_STR_ARG(r->who),
                           verb, PL_STR_ARG(r->text));
}

static struct pl_str text_of_replacement(struct pl_arena *arena,
                                         const struct pl_diff_reason *r)
{
    if (r->has)
        return r->text;
    return pl_arena_printf(arena, "replaced no more: was for %.*s",
                           PL_STR_ARG(r->text));
}

struct pl_str pl_diff_reason_text(struct pl_arena *arena,
                                  const struct pl_diff_reason *reason)
{
    switch (reason->kind) {
    case PL_DIFF_BY_LINE:
        return text_of_line(arena, reason);
    case PL_DIFF_BY_REPLACEMENT:
        return text_of_replacement(arena, reason);
    case PL_DIFF_BY_TEMPLATE:
        return text_of_template(arena, reason);
    case PL_DIFF_BY_PARENT:
        return text_of_parent(arena, reason);
    case PL_DIFF_BY_RULE:
    case PL_DIFF_BY_IGNORED_RULE:
        return text_of_rule(arena, reason);
    case PL_DIFF_BY_INDEX:
        return pl_arena_printf(arena, "its index is %.*s now, was %.*s",
                               PL_STR_ARG(reason->to),
                               PL_STR_ARG(reason->from));
    case PL_DIFF_BY_INPUT:
        return pl_arena_printf(arena, "%.*s, which asks for it, has changed",
                               PL_STR_ARG(reason->who));
    case PL_DIFF_BY_ARGUMENTS:
        return PL_STR("the command that made the lock has changed");
    case PL_DIFF_BY_NOTHING:
        break;
    }
    return reason->text;
}

/* ---- files ---- */

struct pl_str pl_diff_file_text(struct pl_arena *arena,
                                const struct pl_diff_file *file)
{
    static const struct {
        unsigned bits;
        const char *text;
    } parts[] = {
        {PL_DIFF_FILE_HASH, "other hash"},
        {PL_DIFF_FILE_HOST, "other host"},
        {PL_DIFF_FILE_NAME, "other name"},
        {PL_DIFF_FILE_URL, "other URL"},
        {PL_DIFF_FILE_PATH, "other path"},
        {PL_DIFF_FILE_HASHES, "other kinds of hashes"},
        {PL_DIFF_FILE_SIZE, "other size"},
        {PL_DIFF_FILE_TIME, "other upload time"},
        {PL_DIFF_FILE_OTHER, "other keys"},
        {PL_DIFF_FILE_ORDER, "other place in the list"},
    };
    PL_BUF(out, PL_MAX_MESSAGE_BYTES);
    unsigned bits = file->differs;
    if (!file->from || !file->to)
        return file->to ? PL_STR("added") : PL_STR("removed");
    if (bits & PL_DIFF_FILE_KIND)
        pl_buf_add_cstr(&out, file->to->is_sdist ? "wheel -> sdist"
                                                 : "sdist -> wheel");
    if (bits & PL_DIFF_FILE_HASH)
        bits &= ~(unsigned)PL_DIFF_FILE_HASHES;
    if (bits & (PL_DIFF_FILE_HOST | PL_DIFF_FILE_NAME))
        bits &= ~(unsigned)PL_DIFF_FILE_URL;
    for (size_t i = 0; i < PL_COUNT(parts); i++)
        if (bits & parts[i].bits)
            pl_buf_addf(&out, "%s%s", out.len ? ", " : "", parts[i].text);
    return pl_arena_dup(arena, pl_buf_view(&out));
}
