/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's own thread: it opens, commits one batch at a time and tells the engine by `wake`. The engine never
 * waits for a disk. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/die.h"
#include "engine/store_db.h"

enum step { STEP_OPEN, STEP_IDLE, STEP_COMMIT };

struct store {
	char *dir;
	bool keep_values;
	void (*wake)(void *arg);
	void *arg;
	struct store_db *db; /* the thread's, after it was started */
	pthread_t thread;
	bool threaded;
	pthread_mutex_t lock; /* guards everything below */
	pthread_cond_t changed;
	enum step step; /* what is to be done */
	bool open, quit;
	struct store_batch *batch;
	enum store_news news;
	struct err err;
};

/* Does one step and returns the news. Called without the lock. */
static enum store_news do_step(struct store *s, enum step step, struct store_batch *batch, struct err *err)
{
	if (step == STEP_OPEN) {
		s->db = store_db_open(s->dir, s->keep_values, err);
		return s->db ? STORE_OPENED : STORE_FAILED;
	}
	return store_db_commit(s->db, batch, err) == 0 ? STORE_COMMITTED : STORE_FAILED;
}

static void step_done(struct store *s, enum store_news news, const struct err *err)
{
	s->news = news;
	s->step = STEP_IDLE;
	if (news == STORE_OPENED)
		s->open = true;
	if (news == STORE_FAILED)
		s->err = *err;
}

static void *store_main(void *arg)
{
	struct store *s = arg;
	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (s->step == STEP_IDLE && !s->quit)
			pthread_cond_wait(&s->changed, &s->lock);
		if (s->step == STEP_IDLE)
			break;
		enum step step = s->step;
		struct store_batch *batch = s->batch;
		pthread_mutex_unlock(&s->lock);
		struct err err = { "" };
		enum store_news news = do_step(s, step, batch, &err);
		pthread_mutex_lock(&s->lock);
		step_done(s, news, &err);
		s->wake(s->arg);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* The thread takes no signals: they are the engine's. */
static int start_thread(struct store *s)
{
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 256 << 10);
	int rc = pthread_create(&s->thread, &attr, store_main, s);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return rc;
}

struct store *store_new(const char *dir, bool keep_values, void (*wake)(void *arg), void *arg, struct err *err)
{
	struct store *s = xcalloc(1, sizeof(*s));
	s->dir = xstrdup(dir);
	s->keep_values = keep_values;
	s->wake = wake;
	s->arg = arg;
	s->threaded = wake != NULL;
	s->step = STEP_OPEN;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	if (!s->threaded) {
		store_retry(s);
		return s;
	}
	int rc = start_thread(s);
	if (rc == 0)
		return s;
	err_sys(err, rc, "cannot start the store's thread");
	s->threaded = false;
	store_free(s);
	return NULL;
}

bool store_ready(const struct store *s)
{
	struct store *u = (struct store *)s;
	pthread_mutex_lock(&u->lock);
	bool ready = s->open && s->step == STEP_IDLE && s->news == STORE_NOTHING;
	pthread_mutex_unlock(&u->lock);
	return ready;
}

static void order(struct store *s, enum step step, struct store_batch *b)
{
	pthread_mutex_lock(&s->lock);
	s->step = step;
	s->batch = b;
	if (s->threaded) {
		pthread_cond_signal(&s->changed);
	} else {
		struct err err = { "" };
		enum store_news news = do_step(s, step, b, &err);
		step_done(s, news, &err);
	}
	pthread_mutex_unlock(&s->lock);
}

void store_submit(struct store *s, struct store_batch *b)
{
	BUG_ON(!store_ready(s));
	order(s, STEP_COMMIT, b);
}

void store_retry(struct store *s)
{
	if (!s->open)
		order(s, STEP_OPEN, NULL);
}

enum store_news store_poll(struct store *s, struct err *err)
{
	pthread_mutex_lock(&s->lock);
	enum store_news news = s->news;
	s->news = STORE_NOTHING;
	if (news == STORE_FAILED && err)
		*err = s->err;
	pthread_mutex_unlock(&s->lock);
	return news;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	if (s->threaded) {
		pthread_mutex_lock(&s->lock);
		s->quit = true;
		pthread_cond_signal(&s->changed);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	store_db_close(s->db);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->changed);
	free(s->dir);
	free(s);
}
