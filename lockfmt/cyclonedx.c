#include "lockfmt/cyclonedx.h"

#include "core/digest.h"
#include "core/jsonw.h"
#include "core/limits.h"
#include "lockfmt/lock_graph.h"
#include "lockfmt/purl.h"

#define ROOT "lock"

struct writer {
    struct pl_arena *arena;
    const struct pl_lock *lock;
    const struct pl_cyclonedx_made_by *by;
    struct pl_lock_graph graph;
    struct pl_str *refs;      /* by package: its bom-ref, each another one */
    struct pl_str *fact_refs; /* by node: of those from the template */
    struct pl_jsonw w;
};

/* ---- names of the format ---- */

const char *pl_cyclonedx_hash_name(struct pl_str algorithm)
{
    static const char *const names[][2] = {
        {"md5", "MD5"},
        {"sha1", "SHA-1"},
        {"sha256", "SHA-256"},
        {"sha384", "SHA-384"},
        {"sha512", "SHA-512"},
        {"sha3_256", "SHA3-256"},
        {"sha3_384", "SHA3-384"},
        {"sha3_512", "SHA3-512"},
        {"blake2b", "BLAKE2b-512"},
    };
    for (size_t i = 0; i < PL_COUNT(names); i++)
        if (pl_str_is(algorithm, names[i][0]))
            return names[i][1];
    return NULL;
}

/* What no URI may hold is percent-encoded; escapes stay as they are. */
static struct pl_str uri_of(struct pl_arena *arena, struct pl_str url)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    for (size_t i = 0; i < url.len; i++) {
        char c = url.at[i];
        if (pl_is_alnum(c) || pl_str_has(PL_STR("-._~:/?#[]@!$&'()*+,;=%"), c))
            pl_buf_add_char(&text, c);
        else
            pl_buf_addf(&text, "%%%02X", (unsigned)(unsigned char)c);
    }
    return pl_arena_dup(arena, pl_buf_view(&text));
}

/* Every entry has one of its own, though all but the markers be equal. */
static void make_refs(struct writer *w)
{
    const struct pl_lock *lock = w->lock;
    size_t same = 0;
    w->refs = pl_new_array(w->arena, struct pl_str, lock->package_count + 1);
    w->fact_refs = pl_new_array(w->arena, struct pl_str, w->graph.count + 1);
    for (size_t i = 0; i < lock->package_count; i++) {
        const struct pl_lock_package *package = &lock->packages[i];
        bool again = i && pl_str_eq(lock->packages[i - 1].name, package->name);
        struct pl_str ref = pl_purl_of(w->arena, package);
        if (!ref.len)
            ref = pl_arena_printf(w->arena, "folder:%.*s",
                                  PL_STR_ARG(package->name));
        same = again ? same + 1 : 1;
        w->refs[i] = ref;
        if (same > 1)
            w->refs[i] =
                pl_arena_printf(w->arena, "%.*s#%zu", PL_STR_ARG(ref), same);
    }
    for (size_t i = 0; i < w->graph.count; i++)
        if (!w->graph.nodes[i].package)
            w->fact_refs[i] = pl_purl(w->arena, w->graph.nodes[i].name,
                                      w->graph.nodes[i].version);
}

/* ---- components ---- */

static void add_property(struct writer *w, const char *name,
                         struct pl_str value)
{
    if (!value.len)
        return;
    pl_jsonw_object(&w->w, NULL);
    pl_jsonw_str(&w->w, "name", pl_str_from(name));
    pl_jsonw_str(&w->w, "value", value);
    pl_jsonw_end(&w->w);
}

static void add_hash(struct writer *w, struct pl_str algorithm,
                     struct pl_str value)
{
    const char *name = pl_cyclonedx_hash_name(algorithm);
    if (!name || !value.len)
        return;
    pl_jsonw_object(&w->w, NULL);
    pl_jsonw_str(&w->w, "alg", pl_str_from(name));
    pl_jsonw_str(&w->w, "content", value);
    pl_jsonw_end(&w->w);
}

static void add_hashes(struct writer *w, const struct pl_lock_file *file)
{
    bool any = file->sha256.len > 0;
    for (size_t i = 0; i < file->hash_count; i++)
        any |= pl_cyclonedx_hash_name(file->hashes[i].algorithm) != NULL;
    if (!any)
        return;
    pl_jsonw_array(&w->w, "hashes");
    add_hash(w, PL_STR("sha256"), file->sha256);
    for (size_t i = 0; i < file->hash_count; i++)
        add_hash(w, file->hashes[i].algorithm, file->hashes[i].value);
    pl_jsonw_end(&w->w);
}

static void add_file(struct writer *w, const struct pl_lock_file *file)
{
    struct pl_str place = file->url.len ? file->url : file->path;
    if (!place.len)
        return;
    pl_jsonw_object(&w->w, NULL);
    pl_jsonw_str(&w->w, "type", PL_STR("distribution"));
    pl_jsonw_str(&w->w, "url", uri_of(w->arena, place));
    if (file->name.len)
        pl_jsonw_str(&w->w, "comment", file->name);
    add_hashes(w, file);
    pl_jsonw_end(&w->w);
}

static void add_references(struct writer *w,
                           const struct pl_lock_package *package)
{
    const struct pl_lock_tree *tree = &package->tree;
    bool is_vcs = package->source == PL_LOCK_VCS;
    struct pl_str place = tree->url.len ? tree->url : tree->path;
    pl_jsonw_array(&w->w, "externalReferences");
    if (is_vcs || package->source == PL_LOCK_DIRECTORY) {
        pl_jsonw_object(&w->w, NULL);
        pl_jsonw_str(&w->w, "type",
                     is_vcs ? PL_STR("vcs") : PL_STR("distribution"));
        pl_jsonw_str(&w->w, "url", uri_of(w->arena, place));
        if (tree->commit_id.len)
            pl_jsonw_str(&w->w, "comment", tree->commit_id);
        pl_jsonw_end(&w->w);
    } else {
        add_file(w, &package->file);
    }
    for (size_t i = 0; i < package->more_count; i++)
        add_file(w, &package->more[i]);
    pl_jsonw_end(&w->w);
}

static void begin_component(struct writer *w, struct pl_str ref,
                            struct pl_str name, struct pl_str version)
{
    pl_jsonw_object(&w->w, NULL);
    pl_jsonw_str(&w->w, "type", PL_STR("library"));
    pl_jsonw_str(&w->w, "bom-ref", ref);
    pl_jsonw_str(&w->w, "name", name);
    if (version.len)
        pl_jsonw_str(&w->w, "version", version);
}

static void add_package(struct writer *w, size_t i)
{
    const struct pl_lock_package *package = &w->lock->packages[i];
    struct pl_str purl = pl_purl_of(w->arena, package);
    begin_component(w, w->refs[i], package->name, package->version);
    /* of several files, what was installed is one of them */
    if (!package->more_count)
        add_hashes(w, &package->file);
    if (purl.len)
        pl_jsonw_str(&w->w, "purl", purl);
    add_references(w, package);
    pl_jsonw_array(&w->w, "properties");
    add_property(w, "podlock:marker", package->marker);
    add_property(w, "podlock:requires-python", package->requires_python);
    for (size_t v = 0; v < package->via_count; v++)
        add_property(w, "podlock:via", package->via[v]);
    for (size_t r = 0; r < package->rule_count; r++)
        add_property(w, "podlock:rule", package->rules[r]);
    pl_jsonw_end(&w->w);
    pl_jsonw_end(&w->w);
}

static void add_fact(struct writer *w, size_t n)
{
    const struct pl_lock_node *node = &w->graph.nodes[n];
    struct pl_str id = w->lock->template_id;
    begin_component(w, w->fact_refs[n], node->name, node->version);
    pl_jsonw_str(&w->w, "purl", w->fact_refs[n]);
    pl_jsonw_array(&w->w, "properties");
    add_property(w, "podlock:from-template", id.len ? id : PL_STR("true"));
    pl_jsonw_end(&w->w);
    pl_jsonw_end(&w->w);
}

static void add_components(struct writer *w)
{
    pl_jsonw_array(&w->w, "components");
    for (size_t i = 0; i < w->lock->package_count; i++)
        add_package(w, i);
    for (size_t i = 0; i < w->graph.count; i++)
        if (!w->graph.nodes[i].package)
            add_fact(w, i);
    pl_jsonw_end(&w->w);
}

/* ---- who needs whom ---- */

static void add_node_refs(struct writer *w, size_t n)
{
    const struct pl_lock_node *node = &w->graph.nodes[n];
    if (!node->package) {
        pl_jsonw_str(&w->w, NULL, w->fact_refs[n]);
        return;
    }
    size_t first = (size_t)(node->package - w->lock->packages);
    for (size_t i = 0; i < node->entry_count; i++)
        pl_jsonw_str(&w->w, NULL, w->refs[first + i]);
}

static void add_dependency(struct writer *w, struct pl_str ref,
                           struct pl_lock_edges needs)
{
    pl_jsonw_object(&w->w, NULL);
    pl_jsonw_str(&w->w, "ref", ref);
    pl_jsonw_array(&w->w, "dependsOn");
    for (size_t i = 0; i < needs.count; i++)
        add_node_refs(w, needs.at[i]);
    pl_jsonw_end(&w->w);
    pl_jsonw_end(&w->w);
}

/* The lock itself needs what lines ask for, and the template. */
static void add_root(struct writer *w)
{
    size_t *needs = pl_new_array(w->arena, size_t, w->graph.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < w->graph.count; i++) {
        const struct pl_lock_node *node = &w->graph.nodes[i];
        if (node->is_start || (!node->package && !node->askers.count))
            needs[count++] = i;
    }
    add_dependency(w, PL_STR(ROOT), (struct pl_lock_edges){needs, count});
}

static void add_dependencies(struct writer *w)
{
    pl_jsonw_array(&w->w, "dependencies");
    add_root(w);
    for (size_t n = 0; n < w->graph.count; n++) {
        const struct pl_lock_node *node = &w->graph.nodes[n];
        if (!node->package) {
            add_dependency(w, w->fact_refs[n], node->needs);
            continue;
        }
        size_t first = (size_t)(node->package - w->lock->packages);
        for (size_t i = 0; i < node->entry_count; i++)
            add_dependency(w, w->refs[first + i], node->needs);
    }
    pl_jsonw_end(&w->w);
}

/* ---- the bill ---- */

static void add_metadata(struct writer *w)
{
    const struct pl_lock *lock = w->lock;
    pl_jsonw_object(&w->w, "metadata");
    pl_jsonw_object(&w->w, "tools");
    pl_jsonw_array(&w->w, "components");
    pl_jsonw_object(&w->w, NULL);
    pl_jsonw_str(&w->w, "type", PL_STR("application"));
    pl_jsonw_str(&w->w, "name", PL_STR("podlock"));
    pl_jsonw_str(&w->w, "version", w->by->version);
    pl_jsonw_end(&w->w);
    pl_jsonw_end(&w->w);
    pl_jsonw_end(&w->w);
    pl_jsonw_object(&w->w, "component");
    pl_jsonw_str(&w->w, "type", PL_STR("application"));
    pl_jsonw_str(&w->w, "bom-ref", PL_STR(ROOT));
    pl_jsonw_str(&w->w, "name", w->by->lock_name);
    pl_jsonw_end(&w->w);
    pl_jsonw_array(&w->w, "properties");
    add_property(w, "podlock:template", lock->template_id);
    add_property(w, "podlock:template-digest", lock->template_digest);
    add_property(w, "podlock:rules", lock->rules_edition);
    add_property(w, "podlock:requires-python", lock->requires_python);
    for (size_t i = 0; i < lock->environment_count; i++)
        add_property(w, "podlock:environment", lock->environments[i]);
    pl_jsonw_end(&w->w);
    pl_jsonw_end(&w->w);
}

static void write_bill(struct writer *w, struct pl_str serial,
                       struct pl_buf *out)
{
    w->w = pl_jsonw_to(out);
    pl_jsonw_object(&w->w, NULL);
    pl_jsonw_str(&w->w, "$schema",
                 PL_STR("http://cyclonedx.org/schema/bom-1.5.schema.json"));
    pl_jsonw_str(&w->w, "bomFormat", PL_STR("CycloneDX"));
    pl_jsonw_str(&w->w, "specVersion", PL_STR("1.5"));
    if (serial.len)
        pl_jsonw_str(&w->w, "serialNumber", serial);
    pl_jsonw_u64(&w->w, "version", 1);
    add_metadata(w);
    add_components(w);
    add_dependencies(w);
    pl_jsonw_end(&w->w);
}

/* Version 8 is the one for hashes of one's own choice. */
static struct pl_str serial_of(struct pl_arena *arena, struct pl_str contents)
{
    struct pl_str hex = pl_sha256_hex(arena, contents);
    static const char variants[] = "89ab";
    char variant = variants[(unsigned char)hex.at[16] % 4];
    return pl_arena_printf(arena, "urn:uuid:%.*s-%.*s-8%.*s-%c%.*s-%.*s", 8,
                           hex.at, 4, hex.at + 8, 3, hex.at + 13, variant, 3,
                           hex.at + 17, 12, hex.at + 20);
}

bool pl_cyclonedx_write(struct pl_arena *arena, const struct pl_lock *lock,
                        const struct pl_cyclonedx_made_by *by,
                        struct pl_buf *out, struct pl_error *err)
{
    struct writer w = {.arena = arena, .lock = lock, .by = by};
    PL_BUF(unnumbered, PL_MAX_OUTPUT_BYTES);
    if (!pl_lock_graph_make(arena, lock, &w.graph, err))
        return false;
    make_refs(&w);
    write_bill(&w, (struct pl_str){0}, &unnumbered);
    write_bill(&w, serial_of(arena, pl_buf_view(&unnumbered)), out);
    return true;
}
