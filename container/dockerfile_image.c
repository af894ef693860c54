#include "container/dockerfile_internal.h"
#include "rules/image_ref.h"

/* Images whose makers put no torch into them, by how their names begin. */
static const char *const bare_images[] = {
    "almalinux",
    "alpine",
    "amazonlinux",
    "astral-sh/uv",
    "busybox",
    "centos",
    "condaforge/",
    "continuumio/",
    "debian",
    "fedora",
    "mambaorg/",
    "nvcr.io/nvidia/cuda",
    "nvidia/cuda",
    "python",
    "quay.io/pypa/",
    "redhat/",
    "rocm/dev-",
    "rockylinux",
    "scratch",
    "ubuntu",
    "ghcr.io/astral-sh",
    "mcr.microsoft.com/devcontainers",
    "intel/oneapi",
    "intel/deep-learning-essentials",
    "oraclelinux",
    "public.ecr.aws/lambda/python",
    "library/",
    "node",
};

static bool is_bare(struct pl_str name)
{
    for (size_t i = 0; i < PL_COUNT(bare_images); i++) {
        struct pl_str bare = pl_str_from(bare_images[i]);
        if (!pl_str_starts(name, bare_images[i]))
            continue;
        /* "python" is one, "pythonista/x" is not. */
        if (name.len == bare.len || strchr("/-", bare.at[bare.len - 1]) ||
            strchr("/-:@", name.at[bare.len]))
            return true;
    }
    return false;
}

/* In FROM a single word is an image's name, never a tag. */
static struct pl_image_ref image_ref(struct pl_str text)
{
    struct pl_image_ref ref = pl_image_ref_parse(text);
    if (!ref.name.len)
        ref = (struct pl_image_ref){.name = text};
    return ref;
}

/*
 * By what a registry calls it: a path of this machine that happens to have
 * that name is never read.
 */
static bool find_image(struct pl_arena *arena, struct pl_str image,
                       struct pl_template *out)
{
    struct pl_str text =
        pl_arena_printf(arena, "docker://%.*s", PL_STR_ARG(image));
    return image.len && !pl_str_ends(image, ".toml") &&
           pl_template_find(arena, text, out, NULL);
}

static const struct pl_template *keep(struct pl_arena *arena,
                                      struct pl_template found)
{
    struct pl_template *kept = pl_new(arena, struct pl_template);
    *kept = found;
    return kept;
}

bool pl_dockerfile_image(struct pl_arena *arena, const struct pl_source *source,
                         struct pl_str *image, struct pl_template *template,
                         struct pl_error *err)
{
    struct pl_dockerfile file;
    struct pl_docker_stages stages;
    if (!pl_dockerfile_read(arena, source, &file, err) ||
        !pl_docker_stages_read(arena, &file, &stages, err))
        return false;
    struct pl_docker_value base = pl_docker_stages_image(&stages)->base;
    *image = (struct pl_str){0};
    if (base.is_known && find_image(arena, base.text, template))
        *image = base.text;
    return true;
}

/* The lock's template, when podlock has it. */
static void find_lock_template(struct pl_docker_check *check)
{
    const struct pl_lock *lock = check->q->lock;
    struct pl_template found;
    if (!lock || !lock->template_id.len)
        return;
    if (pl_template_find(check->arena, lock->template_id, &found, NULL))
        check->lock_template = keep(check->arena, found);
}

bool pl_docker_judge_image(struct pl_docker_check *check)
{
    const struct pl_docker_stage *stage =
        pl_docker_stages_image(&check->stages);
    struct pl_template found;
    find_lock_template(check);
    check->out->image =
        stage->base.is_known ? stage->base.text : (struct pl_str){0};
    struct pl_image_ref ref = image_ref(check->out->image);
    check->base = PL_BASE_UNKNOWN;
    if (check->q->template) {
        check->base = PL_BASE_TEMPLATE;
        check->template = check->q->template;
    } else if (find_image(check->arena, check->out->image, &found)) {
        check->base = PL_BASE_TEMPLATE;
        check->template = keep(check->arena, found);
    } else if (stage->base.is_known && is_bare(ref.name)) {
        check->base = PL_BASE_BARE;
    } else if (check->lock_template) {
        check->base = PL_BASE_ASSUMED;
        check->template = check->lock_template;
    }
    check->out->template = check->template;
    check->out->is_of_image = check->base == PL_BASE_TEMPLATE;
    return true;
}

/* ---- what is said of it ---- */

static void tell_other(struct pl_docker_check *check, struct pl_span span)
{
    const struct pl_lock *lock = check->q->lock;
    if (!lock || !lock->template_id.len || !check->template ||
        pl_str_eq(check->template->id, lock->template_id))
        return;
    struct pl_finding *f = pl_docker_tell(
        check, PL_PD301_OTHER_TEMPLATE, span,
        "this is %.*s, and the lock is for %.*s",
        PL_STR_ARG(check->template->id), PL_STR_ARG(lock->template_id));
    if (!f)
        return;
    pl_error_because(&f->told, "what the lock leaves out, and takes for "
                               "installed, is another image's");
    if (check->lock_template && check->lock_template->image_count)
        pl_error_hint(&f->told,
                      "FROM %.*s, or make the lock anew with "
                      "podlock resolve --template %.*s",
                      PL_STR_ARG(check->lock_template->images[0]),
                      PL_STR_ARG(check->template->id));
}

static void tell_unknown(struct pl_docker_check *check, struct pl_span span)
{
    const struct pl_lock *lock = check->q->lock;
    if (!lock || !lock->template_id.len || check->base == PL_BASE_TEMPLATE)
        return;
    struct pl_finding *f;
    if (check->base == PL_BASE_BARE)
        f = pl_docker_tell(check, PL_PD302_UNKNOWN_IMAGE, span,
                           "this image has no torch, and the lock is for %.*s",
                           PL_STR_ARG(lock->template_id));
    else
        f = pl_docker_tell(check, PL_PD302_UNKNOWN_IMAGE, span,
                           "no template is known for this image: it is taken "
                           "for the lock's, %.*s",
                           PL_STR_ARG(lock->template_id));
    if (f)
        pl_error_hint(&f->told,
                      "podlock snapshot, where the image is, writes what it "
                      "has; then --template FILE");
}

static void tell_by_tag(struct pl_docker_check *check, struct pl_span span)
{
    const struct pl_template *t = check->template;
    if (check->base != PL_BASE_TEMPLATE || check->q->template ||
        t->match != PL_TEMPLATE_BY_TAG)
        return;
    struct pl_finding *f =
        pl_docker_tell(check, PL_PD303_BY_TAG, span,
                       "this image is not known; by its tag it is like %.*s",
                       PL_STR_ARG(t->id));
    if (f)
        pl_error_because(&f->told, "a tag does not tell which build of torch "
                                   "is in an image");
}

static void tell_unpinned(struct pl_docker_check *check,
                          const struct pl_docker_stage *stage)
{
    struct pl_str text = stage->base.text;
    struct pl_image_ref ref = image_ref(text);
    if (!stage->base.is_known || ref.digest.len || pl_str_is(text, "scratch"))
        return;
    if (ref.tag.len && !pl_str_is(ref.tag, "latest"))
        return;
    struct pl_finding *f =
        pl_docker_tell(check, PL_PD304_UNPINNED, stage->span,
                       "`%.*s` is another image some day", PL_STR_ARG(text));
    if (f)
        pl_error_hint(&f->told, "name a tag, or a digest (@sha256:...)");
}

void pl_docker_tell_image(struct pl_docker_check *check)
{
    const struct pl_docker_stage *stage =
        pl_docker_stages_image(&check->stages);
    check->instruction = &check->file.at[stage->from];
    tell_other(check, stage->span);
    tell_unknown(check, stage->span);
    tell_by_tag(check, stage->span);
    tell_unpinned(check, stage);
}
