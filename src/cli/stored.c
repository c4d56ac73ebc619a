/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stored runs; see stored.h. */
#include "cli/stored.h"

#include "engine/run_dir.h"
#include "model/fold.h"

struct folding {
	struct snapshot *s;
	struct err *err;
};

static int fold_some(struct slice events, void *arg)
{
	struct folding *f = arg;
	return fold_apply_packed(f->s, events, f->err) < 0 ? -1 : 0;
}

int stored_snapshot(const char *dir, struct snapshot *s, struct err *err)
{
	struct store_reader *r = store_reader_open(dir, err);
	if (!r)
		return -1;
	struct folding f = { s, err };
	int rc = store_reader_events(r, fold_some, &f, err);
	store_reader_close(r);
	if (rc == 0 && !s->begun)
		return err_set(err, "%s: this run was ended before its first commit", dir);
	return rc;
}

const char *stored_state(const char *dir, const struct snapshot *s)
{
	if (run_state_is_end(s->state) || run_dir_locked(dir))
		return run_state_names[s->state];
	return "died";
}
