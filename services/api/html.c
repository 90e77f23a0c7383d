/* SPDX-License-Identifier: Apache-2.0 */
#include "api/html.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"/>"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>";

static const char style[] =
	"@page{size:A4;margin:16mm 14mm 18mm;"
	"@bottom-center{content:counter(page) ' / ' counter(pages);font-size:9pt;color:#555}}"
	"body{font-family:'WenQuanYi Micro Hei','Noto Sans CJK SC','Microsoft YaHei',sans-serif;"
	"font-size:10.5pt;line-height:1.5;color:#1d2329;max-width:60em;margin:0 auto;padding:0 1em}"
	"h1{font-size:20pt;text-align:center;margin:0 0 .3em}"
	"h2{font-size:14pt;border-bottom:2px solid #24577a;margin:1.4em 0 .5em;break-after:avoid}"
	"h3{font-size:11.5pt;margin:1em 0 .3em;break-after:avoid}"
	"p{margin:.4em 0}ul{margin:.3em 0;padding-left:1.4em}"
	".sub,.note{color:#555;font-size:9pt}.sub{text-align:center}"
	".verdict{border:2px solid #555;padding:.6em 1em;margin:1em "
	"0;text-align:center;font-size:14pt}"
	".verdict.met{border-color:#2a7d4f;color:#2a7d4f}"
	".verdict.not_met{border-color:#c0392b;color:#c0392b}"
	"table{border-collapse:collapse;width:100%;font-size:8.5pt;margin:.5em 0}"
	"th,td{border:1px solid #9aa5ad;padding:.25em .4em;vertical-align:top;text-align:left;"
	"overflow-wrap:break-word}"
	"th{background:#e9eff3;break-inside:avoid}tr{break-inside:avoid}thead{display:table-header-"
	"group}"
	".n{text-align:right}.n,.s,.c{white-space:nowrap}"
	".s.met{color:#2a7d4f}.s.not_met{color:#c0392b;font-weight:bold}"
	".s.no_data,.s.undefined,.s.not_applicable{color:#666}"
	".charts{break-inside:avoid;margin:.6em 0}.chart{width:49%;height:auto;vertical-align:top}"
	".chips{margin:.5em 0;line-height:2.1}"
	".chip{border:1px solid #8a8a8a;padding:.15em .5em;font-size:8.5pt;color:#555;"
	"white-space:nowrap}"
	".chip.met{border-color:#2a7d4f;color:#2a7d4f}"
	".chip.not_met{border-color:#c0392b;background:#c0392b;color:#fff}"
	"@media screen and (max-width:50em){.chart{width:100%}}"
	"@media print{body{max-width:none;padding:0}}";

void html_text(struct buf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			buf_str(out, "&amp;");
			break;
		case '<':
			buf_str(out, "&lt;");
			break;
		case '>':
			buf_str(out, "&gt;");
			break;
		case '"':
			buf_str(out, "&quot;");
			break;
		case '\'':
			buf_str(out, "&#39;");
			break;
		default:
			buf_add(out, text, 1);
		}
	}
}

void html_begin(struct buf *out)
{
	buf_str(out, head);
	buf_str(out, "<title>");
}

void html_body(struct buf *out)
{
	buf_printf(out, "</title><style>%s</style></head><body>", style);
}

void html_end(struct buf *out)
{
	buf_str(out, "</body></html>\n");
}
