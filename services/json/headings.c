/* SPDX-License-Identifier: Apache-2.0 */
#include "json/headings.h"

#include <ctype.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"

/* --- characters --------------------------------------------------------------------------- */

#define WIDE_FIRST 0xff01u /* the wide form of '!' … */
#define WIDE_LAST  0xff5eu /* … and of '~' */

static const struct {
	unsigned from;
	char to;
} folds[] = {
	{ 0x3000, ' ' }, { 0x00a0, ' ' }, { 0x3001, ',' }, { 0x3002, '.' }, { 0x2013, '-' },
	{ 0x2014, '-' }, { 0x2212, '-' }, { 0x2018, '"' }, { 0x2019, '"' }, { 0x201c, '"' },
	{ 0x201d, '"' }, { 0x300a, '"' }, { 0x300b, '"' }, { 0x3010, '(' }, { 0x3011, ')' },
	{ 0x3014, '(' }, { 0x3015, ')' },
};

/* The next character of UTF-8 text, and how many bytes it is. */
static unsigned next_char(const char *s, size_t *ret_len)
{
	const unsigned char *u = (const unsigned char *)s;
	const size_t len = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	unsigned c = len == 1 ? u[0] : u[0] & (0xffu >> (len + 1));

	*ret_len = 1;
	for (size_t i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return u[0];
		c = c << 6 | (u[i] & 0x3fu);
	}
	*ret_len = len;
	return c;
}

/* What stands for it in plain text: a letter of ASCII, or 0 for one that stays as it is. */
static char fold(unsigned c)
{
	if (c < 0x80)
		return (char)c;
	if (c >= WIDE_FIRST && c <= WIDE_LAST)
		return (char)(c - WIDE_FIRST + '!');
	for (size_t i = 0; i < ARRAY_LEN(folds); i++) {
		if (folds[i].from == c)
			return folds[i].to;
	}
	return 0;
}

/* Blanks of other widths, beside those among the folds. */
static bool is_blank(unsigned c)
{
	return (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f;
}

/* What nobody sees: zero-width characters, marks of direction and order. */
static bool is_invisible(unsigned c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2064) || c == 0xfeff || c == 0x00ad;
}

/* Copies text with wide letters as narrow ones, and what nobody sees left out. */
static void narrow(const char *text, char *out, size_t size)
{
	size_t n = 0, len;

	for (; *text; text += len) {
		const unsigned from = next_char(text, &len);
		const char c = is_blank(from) ? ' ' : fold(from);

		if (is_invisible(from))
			continue;
		if (n + (c ? 1 : len) >= size)
			break;
		if (c)
			out[n++] = c;
		else
			memcpy(out + n, text, len), n += len;
	}
	out[n] = '\0';
}

void heading_trim(const char *text, char *out, size_t size)
{
	size_t n, from;

	narrow(text, out, size);
	n = strlen(out);
	while (n && strchr(" \t\r\n", out[n - 1]))
		out[--n] = '\0';
	from = strspn(out, " \t\r\n");
	memmove(out, out + from, n - from + 1);
}

/* Takes out marks and blanks; letters become small. */
static void squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		const unsigned char c = (unsigned char)*from;

		if (c >= 0x80 || isalnum(c) || c == '%')
			*to++ = (char)tolower(c);
	}
	*to = '\0';
}

void heading_plain(const char *text, char out[HEADING_BYTES], const struct office_unit **ret_unit)
{
	const struct office_unit *unit;

	narrow(text, out, HEADING_BYTES);
	unit = heading_take_unit(out);
	if (ret_unit)
		*ret_unit = unit;
	squeeze(out);
}

/* --- names -------------------------------------------------------------------------------- */

/* Variants of fields.def's names that tables use, plain. */
static const struct {
	const char *zh;
	enum heading_role role;
	enum column_kind kind;
	int field;
} aliases[] = {
	{ "学校标识码", HEADING_COLUMN, COLUMN_SCHOOL, 0 },
	{ "学校机构标识码", HEADING_COLUMN, COLUMN_SCHOOL, 0 },
	{ "学校代码", HEADING_COLUMN, COLUMN_SCHOOL, 0 },
	{ "标识码", HEADING_COLUMN, COLUMN_SCHOOL, 0 },
	{ "学年", HEADING_COLUMN, COLUMN_PERIOD, 0 },
	{ "学年度", HEADING_COLUMN, COLUMN_PERIOD, 0 },
	{ "县代码", HEADING_COLUMN, COLUMN_COUNTY, 0 },
	{ "区县代码", HEADING_COLUMN, COLUMN_COUNTY, 0 },
	{ "县区代码", HEADING_COLUMN, COLUMN_COUNTY, 0 },
	{ "行政区划代码", HEADING_COLUMN, COLUMN_COUNTY, 0 },
	{ "在校学生", HEADING_COLUMN, COLUMN_STAGE, STAGE_students },
	{ "学生", HEADING_COLUMN, COLUMN_STAGE, STAGE_students },
	{ "班级", HEADING_COLUMN, COLUMN_STAGE, STAGE_classes },
	{ "教学班", HEADING_COLUMN, COLUMN_STAGE, STAGE_classes },
	{ "最大班学生", HEADING_COLUMN, COLUMN_STAGE, STAGE_largest_class },
	{ "最大班级人", HEADING_COLUMN, COLUMN_STAGE, STAGE_largest_class },
	{ "大班额班", HEADING_COLUMN, COLUMN_STAGE, STAGE_oversized_classes },
	{ "超过规定班额班", HEADING_COLUMN, COLUMN_STAGE, STAGE_oversized_classes },
	{ "专任教师高于规定学历", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_above_degree },
	{ "高于规定学历专任教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_above_degree },
	{ "高于规定学历", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_above_degree },
	{ "骨干教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_backbone },
	{ "县级及以上骨干教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_backbone },
	{ "专任教师县级以上骨干", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_backbone },
	{ "体育艺术教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_pe_art },
	{ "专任教师体育艺术", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_pe_art },
	{ "体育音乐美术艺术专任教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_pe_art },
	{ "体音美专任教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_pe_art },
	{ "体育艺术走教兼职教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_pe_art_visiting },
	{ "持教师资格证上岗教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_certified },
	{ "完成360学时培训教师", HEADING_COLUMN, COLUMN_STAGE, STAGE_teachers_trained },
	{ "就近划片入学", HEADING_COLUMN, COLUMN_STAGE, STAGE_zone_students },
	{ "随迁子女", HEADING_COLUMN, COLUMN_STAGE, STAGE_migrant_students },
	{ "随迁子女学生", HEADING_COLUMN, COLUMN_STAGE, STAGE_migrant_students },
	{ "教学及辅助用房", HEADING_COLUMN, COLUMN_SITE, SITE_teaching_area },
	{ "教学及教学辅助用房面积", HEADING_COLUMN, COLUMN_SITE, SITE_teaching_area },
	{ "室内体育用房面积", HEADING_COLUMN, COLUMN_SITE, SITE_indoor_sports_area },
	{ "其中室内体育用房", HEADING_COLUMN, COLUMN_SITE, SITE_indoor_sports_area },
	{ "室内体育用房", HEADING_COLUMN, COLUMN_SITE, SITE_indoor_sports_area },
	{ "体育运动场地面积", HEADING_COLUMN, COLUMN_SITE, SITE_sports_ground_area },
	{ "运动场地", HEADING_COLUMN, COLUMN_SITE, SITE_sports_ground_area },
	{ "教学仪器设备资产", HEADING_COLUMN, COLUMN_SITE, SITE_equipment_value },
	{ "教学仪器设备值", HEADING_COLUMN, COLUMN_SITE, SITE_equipment_value },
	{ "教学科研仪器设备资产值", HEADING_COLUMN, COLUMN_SITE, SITE_equipment_value },
	{ "网络多媒体教室间", HEADING_COLUMN, COLUMN_SITE, SITE_multimedia_rooms },
	{ "公用经费拨款", HEADING_COLUMN, COLUMN_SITE, SITE_public_funds },
	{ "公用经费预算", HEADING_COLUMN, COLUMN_SITE, SITE_public_funds_budget },
	{ "教师培训经费预算", HEADING_COLUMN, COLUMN_SITE, SITE_training_budget },
	{ "音乐专用教室各间面积", HEADING_COLUMN, COLUMN_ROOMS, ROOMS_music_rooms },
	{ "美术专用教室各间面积", HEADING_COLUMN, COLUMN_ROOMS, ROOMS_art_rooms },
	{ "字段", HEADING_FIELD, COLUMN_SCHOOL, 0 },
	{ "填报值", HEADING_VALUE, COLUMN_SCHOOL, 0 },
	{ "单位", HEADING_UNIT, COLUMN_SCHOOL, 0 },
	{ "学校名称", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "校名", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "名称", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "序号", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "办学类型", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "学校类型", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "城乡分类", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "举办者", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "学段", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "乡镇", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "备注", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "项目", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "项目名称", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
	{ "填报内容", HEADING_KNOWN, COLUMN_SCHOOL, 0 },
};

/* Whether a plain heading is this name, with marks or without, and with 数 at its end or not. How
 * many rooms there are is not what each one measures. */
static bool is_name(const char *plain, const char *name, enum column_kind kind)
{
	const char *number = kind == COLUMN_ROOMS ? "" : "数";
	size_t len;

	for (; *name; name += len) {
		const unsigned c = next_char(name, &len);
		const char ascii = fold(c);

		if (ascii && !isalnum((unsigned char)ascii))
			continue;
		if (ascii ? *plain != tolower((unsigned char)ascii)
			  : strncmp(plain, name, len) != 0)
			return str_equal(name, number) && !*plain;
		plain += ascii ? 1 : len;
	}
	return !*plain || str_equal(plain, number);
}

static bool find_field(const struct field *fields, int n, enum column_kind kind, const char *plain,
		       struct heading *out)
{
	for (int i = 0; i < n; i++) {
		if (!is_name(plain, fields[i].zh, kind))
			continue;
		*out = (struct heading){ HEADING_COLUMN, kind, -1, i };
		return true;
	}
	return false;
}

static bool find_name(const char *plain, struct heading *out)
{
	if (find_field(stage_fields, STAGE_FIELD_COUNT, COLUMN_STAGE, plain, out) ||
	    find_field(site_fields, SITE_FIELD_COUNT, COLUMN_SITE, plain, out) ||
	    find_field(room_lists, ROOM_LIST_COUNT, COLUMN_ROOMS, plain, out))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
		if (!is_name(plain, aliases[i].zh, aliases[i].kind))
			continue;
		*out = (struct heading){ aliases[i].role, aliases[i].kind, -1, aliases[i].field };
		return true;
	}
	return false;
}

/* "小学在校生数", "在校生数(小学)". */
static bool find_of_stage(const char *plain, const char *stage, struct heading *out)
{
	const size_t n = strlen(stage), len = strlen(plain);
	char name[HEADING_BYTES];

	if (str_starts(plain, stage))
		return find_name(plain + n, out);
	if (len <= n || !str_equal(plain + len - n, stage))
		return false;
	str_copy(name, sizeof(name), plain);
	name[len - n] = '\0';
	return find_name(name, out);
}

bool heading_find(const char *plain, struct heading *out)
{
	static const char among[] = "其中";

	if (!*plain)
		return false;
	if (find_name(plain, out))
		return true;
	if (str_starts(plain, among))
		return find_name(plain + strlen(among), out);
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (!find_of_stage(plain, stage_zh[s], out) || out->kind != COLUMN_STAGE)
			continue;
		out->stage = s;
		return true;
	}
	return false;
}

bool heading_is_neutral(const char *plain)
{
	static const char *const words[] = { "",     "计",   "合计", "小计", "总计", "总数",
					     "人数", "数量", "面积", "金额", "数",   "值",
					     "间数", "个数", "人",   "班" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_equal(words[i], plain))
			return true;
	}
	return false;
}

/* A title of both ("某县中小学 …") says nothing of either. */
int heading_stage(const char *text)
{
	static const struct {
		const char *word;
		unsigned stages;
	} others[] = {
		{ "中小学", 1u << STAGE_PRIMARY | 1u << STAGE_JUNIOR },
		{ "初级中学", 1u << STAGE_JUNIOR },
		{ "高级中学", 1u << STAGE_SENIOR },
	};
	unsigned found = 0;

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (strstr(text, others[i].word))
			found |= others[i].stages;
	}
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (strstr(text, stage_zh[s]))
			found |= 1u << s;
	}
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (found == 1u << s)
			return s;
	}
	return -1;
}
