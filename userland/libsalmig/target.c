// SPDX-License-Identifier: GPL-2.0
/*
 * target.c - salctl, and what it says
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target.h"

#define WORDS	16

const char *target_ns;

/* @words end with NULL; @out: its standard output, or -1 for nowhere */
static int salctl_run(const char *const *words, int out)
{
	const char *argv[WORDS + 6];
	int n = 0, status;
	pid_t pid;

	argv[n++] = "salctl";
	if (target_ns) {
		argv[n++] = "-n";
		argv[n++] = target_ns;
	}
	argv[n++] = "-j";
	while (*words && n < WORDS + 5)
		argv[n++] = *words++;
	argv[n] = NULL;

	pid = fork();
	if (!pid) {
		if (out < 0)
			out = open("/dev/null", O_WRONLY);
		dup2(out, STDOUT_FILENO);
		execvp(argv[0], (char *const *)argv);
		fprintf(stderr, "salhandover: salctl: %s\n", strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		fprintf(stderr, "salhandover: salctl: %s\n", strerror(errno));
		return -1;
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

int target_salctl(const char *const *words)
{
	return salctl_run(words, -1);
}

/* what it prints, or NULL */
static json_t *salctl_list(const char *const *words)
{
	json_t *list = NULL;
	json_error_t error;
	FILE *file;

	/* a file, since a pipe that is full would wait for us */
	file = tmpfile();
	if (!file) {
		perror("salhandover");
		return NULL;
	}
	if (!salctl_run(words, fileno(file))) {
		rewind(file);
		list = json_loadf(file, 0, &error);
		if (!list)
			fprintf(stderr, "salhandover: salctl says nothing\n");
	}
	fclose(file);
	return list;
}

/* the first object of it, or NULL */
static json_t *salctl_object(const char *const *words)
{
	json_t *list = salctl_list(words), *obj;

	obj = json_incref(json_array_get(list, 0));
	if (list && !obj)
		fprintf(stderr, "salhandover: salctl says nothing\n");
	json_decref(list);
	return obj;
}

static bool get_addr(const json_t *obj, const char *key, int af, void *addr)
{
	const char *text = json_string_value(json_object_get(obj, key));

	return text && inet_pton(af, text, addr) == 1;
}

static bool is_text(const json_t *obj, const char *key, const char *text)
{
	const char *value = json_string_value(json_object_get(obj, key));

	return value && !strcmp(value, text);
}

/* of a service of one port; an endpoint without one of its own has that */
static unsigned int service_port(const char *svc)
{
	const char *const words[] = { "service", "show", svc, NULL };
	json_t *obj = salctl_object(words);
	unsigned int port;

	port = json_integer_value(json_object_get(obj, "port"));
	json_decref(obj);
	return port;
}

int target_repairs(const char *svc)
{
	const char *const words[] = { "service", "show", svc, NULL };
	json_t *obj = salctl_object(words);
	const char *lacks = NULL;

	if (!obj)
		return -1;
	if (!is_text(obj, "tcp", "repair"))
		lacks = "tcp repair";
	else if (!json_integer_value(json_object_get(obj, "hold_packets")))
		lacks = "hold";
	json_decref(obj);
	if (!lacks)
		return 0;
	fprintf(stderr, "salhandover: service '%s' lacks '%s'\n", svc, lacks);
	return -1;
}

int target_get(const char *svc, const char *name, struct target *t)
{
	const char *const words[] = { "endpoint", "show", svc, name, NULL };
	json_t *obj = salctl_object(words);

	if (!obj)
		return -1;
	memset(t, 0, sizeof(*t));
	t->has4 = get_addr(obj, "ipv4", AF_INET, t->ipv4);
	t->has6 = get_addr(obj, "ipv6", AF_INET6, t->ipv6);
	t->port = json_integer_value(json_object_get(obj, "port"));
	if (!t->port)
		t->port = service_port(svc);
	t->flows = json_integer_value(json_object_get(obj, "flows"));
	t->up = is_text(obj, "state", "up");
	t->down = is_text(obj, "state", "down");
	t->draining = !t->up && !t->down;
	t->deadline = json_integer_value(json_object_get(obj, "drain_left"));
	t->then_reset = is_text(obj, "drain_then", "reset");
	json_decref(obj);
	return 0;
}

long target_migrate(const char *svc, const char *from, const char *to)
{
	const char *const words[] = {
		"migrate", svc, "from", from, "to", to, NULL
	};
	json_t *obj = salctl_object(words);
	long flows;

	if (!obj)
		return -1;
	flows = json_integer_value(json_object_get(obj, "flows"));
	json_decref(obj);
	return flows;
}

int target_drain_again(const char *svc, const char *name,
		       const struct target *t, long ms)
{
	const char *words[] = {
		"endpoint", "drain", svc, name, NULL, NULL, "then",
		t->then_reset ? "reset" : "move", NULL
	};
	char text[32];

	if (t->deadline) {
		snprintf(text, sizeof(text), "%ldms",
			 t->deadline > ms ? t->deadline - ms : 1);
		words[4] = "deadline";
		words[5] = text;
	}
	return target_salctl(words);
}

FILE *target_way_back(const char *svc, const char *ep, const char *to)
{
	const char *const words[] = {
		"flow", "show", "service", svc, "endpoint", ep, NULL
	};
	json_t *list = salctl_list(words), *flow;
	FILE *way = list ? tmpfile() : NULL;
	size_t i;

	if (list && !way)
		perror("salhandover");
	if (way)
		json_array_foreach(list, i, flow)
			fprintf(way, "migrate %s from %s to %s id %lld\n", svc, to, ep,
				(long long)json_integer_value(json_object_get(flow, "id")));
	json_decref(list);
	return way;
}

void target_go_back(FILE *way)
{
	char path[32];
	/* some may have ended, which stops the others not */
	const char *const words[] = { "-b", path, "-force", NULL };

	fflush(way);
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(way));
	target_salctl(words);
}
