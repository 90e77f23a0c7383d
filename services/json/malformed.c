/* SPDX-License-Identifier: Apache-2.0 */
#include "json/malformed.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"

#define PLACE_BYTES 48
#define NEAR_BYTES  24

/* Jansson has one code for most mistakes, and words in English only: what they begin with tells
 * these apart. The first that fits; "" fits all of a code, whatever another version says. Short:
 * with place and quotation they are one problem's detail. */
static const struct {
	enum json_error_code code;
	const char *begins;
	const char *zh;
	const char *en;
} words[] = {
	{ json_error_invalid_syntax, "'[' or '{'", "须以 { 开始", "must begin with {" },
	{ json_error_invalid_syntax, "string or '}'", "须为双引号内的字段名,末项后无逗号",
	  "must be a name in double quotes; no comma behind the last" },
	{ json_error_invalid_syntax, "':'", "字段名后须有冒号", "a colon must follow the name" },
	{ json_error_invalid_syntax, "'}'", "须为逗号或 }", "must be a comma or }" },
	{ json_error_invalid_syntax, "']'", "须为逗号或 ]", "must be a comma or ]" },
	{ json_error_invalid_syntax, "unexpected newline", "字符串内不能换行,须写作 \\n",
	  "no line break within a string: write \\n" },
	{ json_error_invalid_syntax, "control character", "字符串内不能有控制字符",
	  "no control character within a string" },
	{ json_error_invalid_syntax, "invalid escape", "\\ 之后有误,\\ 本身须写作 \\\\",
	  "no such escape: write \\ as \\\\" },
	{ json_error_invalid_syntax, "invalid Unicode", "\\u 之后须为一个字符的 4 位十六进制",
	  "\\u must be 4 hexadecimal digits of a character" },
	{ json_error_invalid_syntax, "unexpected token", "此处须为一个值", "a value must be here" },
	{ json_error_invalid_syntax, "", "不合 JSON:标点须半角,文字须双引号,数无前导零",
	  "not JSON: texts are in double quotes, numbers without leading zeros" },
	{ json_error_premature_end_of_input, "", "没有写完,缺值、引号或右括号",
	  "ends too early: a value, a quote or a bracket is missing" },
	{ json_error_end_of_input_expected, "", "对象之后不能再有内容",
	  "nothing may follow the object" },
	{ json_error_invalid_utf8, "", "不是 UTF-8,请另存为 UTF-8", "not UTF-8: save it as UTF-8" },
	{ json_error_null_character, "", "字符串内不能有 \\u0000", "no \\u0000 within a string" },
	{ json_error_null_byte_in_key, "", "字段名内不能有 \\u0000", "no \\u0000 within a name" },
	{ json_error_stack_overflow, "", "嵌套过深", "nested too deep" },
	{ json_error_out_of_memory, "", "内存不足", "no memory" },
};

static size_t words_for(const json_error_t *error)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (words[i].code == json_error_code(error) &&
		    str_starts(error->text, words[i].begins))
			return i;
	}
	return ARRAY_LEN(words);
}

/* What Jansson quotes of the text: "'}' expected near 'x'". It may end within a character. */
static void near_of(const json_error_t *error, char out[NEAR_BYTES])
{
	const char *near = strstr(error->text, " near '");
	size_t n;

	out[0] = '\0';
	if (!near)
		return;
	near += strlen(" near '");
	n = strlen(near);
	if (n < 2 || n > NEAR_BYTES || near[n - 1] != '\'')
		return;
	memcpy(out, near, n - 1);
	out[n - 1] = '\0';
	str_mend_utf8(out);
	for (char *c = out; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
}

enum err malformed(const char *body, size_t len, const json_error_t *error, struct err_info *info)
{
	const size_t w = words_for(error);
	const bool known = w < ARRAY_LEN(words);
	char zh[PLACE_BYTES], en[PLACE_BYTES], near[NEAR_BYTES], quoted[NEAR_BYTES + 3] = "";
	int n, m;

	if (memchr(body, '\n', len)) {
		n = snprintf(zh, sizeof(zh), "第 %d 行第 %d 列", error->line, error->column);
		m = snprintf(en, sizeof(en), "line %d, column %d", error->line, error->column);
	} else {
		n = snprintf(zh, sizeof(zh), "第 %d 个字符", error->column);
		m = snprintf(en, sizeof(en), "character %d", error->column);
	}
	near_of(error, near);
	if (near[0] && snprintf(quoted, sizeof(quoted), " '%s'", near) < 0)
		quoted[0] = '\0';
	return err_set(info, ERR_MALFORMED, "%s%s:%s / %s: %s", n < 0 ? "" : zh, quoted,
		       known ? words[w].zh : "不是 JSON", m < 0 ? "" : en,
		       known ? words[w].en : "not JSON");
}
