/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dlopen and dlsym of the vector library, and what its functions are called. */
#include "work/sleef.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "base/die.h"

#define SLEEF_LIBRARY "libsleef.so.3"

static const struct {
	const char *name, *accuracy;
} names[EXPR_NCODES] = {
	[EXPR_POW] = { "pow", "u10" }, [EXPR_SIN] = { "sin", "u10" }, [EXPR_COS] = { "cos", "u10" },
	[EXPR_TAN] = { "tan", "u10" }, [EXPR_ASIN] = { "asin", "u10" }, [EXPR_ACOS] = { "acos", "u10" },
	[EXPR_ATAN] = { "atan", "u10" }, [EXPR_ATAN2] = { "atan2", "u10" }, [EXPR_SINH] = { "sinh", "u10" },
	[EXPR_COSH] = { "cosh", "u10" }, [EXPR_TANH] = { "tanh", "u10" }, [EXPR_ASINH] = { "asinh", "u10" },
	[EXPR_ACOSH] = { "acosh", "u10" }, [EXPR_ATANH] = { "atanh", "u10" }, [EXPR_EXP2] = { "exp2", "u10" },
	[EXPR_EXP10] = { "exp10", "u10" }, [EXPR_EXPM1] = { "expm1", "u10" }, [EXPR_LOG2] = { "log2", "u10" },
	[EXPR_LOG10] = { "log10", "u10" }, [EXPR_LOG1P] = { "log1p", "u10" }, [EXPR_CBRT] = { "cbrt", "u10" },
	[EXPR_HYPOT] = { "hypot", "u05" }, [EXPR_ERF] = { "erf", "u10" }, [EXPR_ERFC] = { "erfc", "u15" },
	[EXPR_LGAMMA] = { "lgamma", "u10" }, [EXPR_TGAMMA] = { "tgamma", "u10" },
};

void *sleef_open(const char *function, struct err *err)
{
	void *handle = dlopen(SLEEF_LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		err_set(err, "%s needs the library %s, which is not installed on this machine; install the package libsleef3",
			function, SLEEF_LIBRARY);
	return handle;
}

void sleef_close(void *handle)
{
	if (handle)
		dlclose(handle);
}

kern_function *sleef_function(void *handle, int code, const struct kern *kern, struct err *err)
{
	char symbol[80];
	kern_function *f;
	void *p;

	BUG_ON(code < EXPR_LIBRARY || code >= EXPR_NCODES || !names[code].name);
	snprintf(symbol, sizeof(symbol), "Sleef_cinz_%s%s_%s%s", names[code].name, kern->width, names[code].accuracy,
		 kern->extension);
	p = dlsym(handle, symbol);
	if (!p) {
		err_set(err, "the library %s has no function %s; install the package libsleef3 of Debian 12 (SLEEF 3.5.1)",
			SLEEF_LIBRARY, symbol);
		return NULL;
	}
	memcpy(&f, &p, sizeof(f));
	return f;
}
