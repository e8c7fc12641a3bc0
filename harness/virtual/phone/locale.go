package phone

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"

	"assay/harness/virtual/sh"
)

// setLocale has the handset speak another language; none is the persona's.
func (h *Handset) setLocale(locale string) {
	h.effects.locale = locale
	if locale == "" {
		locale = h.persona.Identity.Locale
	}
	h.State.Properties["persist.sys.locale"] = locale
	if h.persona.SDK < 23 {
		language, region, _ := strings.Cut(locale, "-")
		h.State.Properties["persist.sys.language"], h.State.Properties["persist.sys.country"] = language, region
	}
	if h.persona.SDK >= 24 {
		h.State.Settings["system"]["system_locales"] = locale
	}
}

// phrases are texts of Android's dialogs by language and by the id of what shows
// them.
var phrases = map[string]map[string]string{
	"ar": {
		"aerr_app_info": "معلومات التطبيق", "aerr_close": "إغلاق التطبيق", "aerr_restart": "فتح التطبيق مرة أخرى", "aerr_wait": "انتظار",
		"do_not_ask_checkbox": "عدم السؤال مرة أخرى", "permission_allow_always_button": "السماح طوال الوقت", "permission_allow_button": "السماح",
		"permission_allow_foreground_only_button": "أثناء استخدام التطبيق", "permission_allow_one_time_button": "هذه المرة فقط",
		"permission_deny_and_dont_ask_again_button": "الرفض وعدم السؤال", "permission_deny_button": "عدم السماح",
		"permission_message": "هل تريد السماح للتطبيق بذلك؟",
	},
	"de": {
		"aerr_app_info": "App-Info", "aerr_close": "App schließen", "aerr_restart": "App wieder öffnen", "aerr_wait": "Warten",
		"do_not_ask_checkbox": "Nicht mehr fragen", "permission_allow_always_button": "Immer zulassen", "permission_allow_button": "Zulassen",
		"permission_allow_foreground_only_button": "Bei Nutzung der App", "permission_allow_one_time_button": "Nur dieses Mal",
		"permission_deny_and_dont_ask_again_button": "Ablehnen und nicht mehr fragen", "permission_deny_button": "Nicht zulassen",
		"permission_message": "Darf die App das?",
	},
	"zh": {
		"aerr_app_info": "应用信息", "aerr_close": "关闭应用", "aerr_restart": "重新打开应用", "aerr_wait": "等待",
		"do_not_ask_checkbox": "不再询问", "permission_allow_always_button": "始终允许", "permission_allow_button": "允许",
		"permission_allow_foreground_only_button": "仅在使用该应用时允许", "permission_allow_one_time_button": "仅限这一次",
		"permission_deny_and_dont_ask_again_button": "拒绝且不再询问", "permission_deny_button": "不允许", "permission_message": "要允许该应用这样做吗？",
	},
}

// inLanguage is a text of Android's own in the language of the handset.
func (h *Handset) inLanguage(id, text string) string {
	if h.effects.locale == "" {
		return text
	}
	language, _, _ := strings.Cut(h.effects.locale, "-")
	if phrase, ok := phrases[language][id]; ok {
		return phrase
	}
	return text
}

// arabicDigits are the locales whose digits are not ours (CLDR, defaultNumberingSystem arab).
var arabicDigits = map[string]bool{
	"ar": true, "ar-BH": true, "ar-EG": true, "ar-IQ": true, "ar-JO": true, "ar-KW": true, "ar-OM": true, "ar-QA": true, "ar-SA": true,
	"ar-SD": true, "ar-YE": true,
}

// decimalCommas are the languages that write decimals with a comma.
var decimalCommas = map[string]bool{"ar": true, "de": true, "es": true, "fr": true, "id": true, "it": true, "pt": true, "ru": true,
	"tr": true, "vi": true}

// Services whose dumps format dates, or decimals, by the locale of system_server:
// with SimpleDateFormat or String.format and no locale given (AppOpsService.dump,
// AudioEventLogger.Event, TimeUtils.logTimeOfDay in LocationManagerService, LocalLog.log,
// Settings.dumpPackageLPr; ProcessCpuTracker, BatteryStats, Location.toString).
var (
	datedDumps   = map[string]bool{"appops": true, "audio": true, "connectivity": true, "location": true, "package": true}
	decimalDumps = map[string]bool{"batterystats": true, "cpuinfo": true, "location": true, "procstats": true}
)

var (
	dateInDump    = regexp.MustCompile(`(\d{4}-)?\d{2}-\d{2} \d{2}:\d{2}:\d{2}([.:]\d{3})?`)
	decimalInDump = regexp.MustCompile(`\d+\.\d+`)
)

// speaking has dumpsys print what follows the locale as another locale prints it.
func (h *Handset) speaking(c sh.Command) sh.Command {
	h.mu.RLock()
	locale := h.effects.locale
	h.mu.RUnlock()
	if locale == "" {
		return c
	}
	return func(ctx context.Context, p *sh.Process) int {
		out := &eachOutputLine{to: p.Stdout, change: func(line []byte) []byte { return inLocale(line, locale, p.Argv) }}
		child := *p
		child.Stdout = out
		status := c(ctx, &child)
		out.flush()
		return status
	}
}

// inLocale is a line of a dump as another locale prints it.
func inLocale(line []byte, locale string, argv []string) []byte {
	service := ""
	for _, a := range argv[1:] {
		if datedDumps[a] || decimalDumps[a] {
			service = a
			break
		}
	}
	language, _, _ := strings.Cut(locale, "-")
	if datedDumps[service] && arabicDigits[locale] {
		line = dateInDump.ReplaceAllFunc(line, arabic)
	}
	if decimalDumps[service] && decimalCommas[language] {
		return decimalInDump.ReplaceAllFunc(line, func(b []byte) []byte {
			if arabicDigits[locale] {
				return bytes.ReplaceAll(arabic(b), []byte("."), []byte("٫"))
			}
			return bytes.ReplaceAll(b, []byte("."), []byte(","))
		})
	}
	return line
}

// arabic writes digits as Arabic does.
func arabic(b []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '٠'
		}
		return r
	}, b)
}

// eachOutputLine changes an output line by line; of a line that is longer than
// 64 KiB, piece by piece.
type eachOutputLine struct {
	to     io.Writer
	change func(line []byte) []byte
	rest   []byte
}

func (e *eachOutputLine) Write(p []byte) (int, error) {
	e.rest = append(e.rest, p...)
	end := bytes.LastIndexByte(e.rest, '\n') + 1
	if end == 0 && len(e.rest) > 64<<10 {
		end = len(e.rest)
	}
	if end == 0 {
		return len(p), nil
	}
	_, err := e.to.Write(e.change(e.rest[:end]))
	e.rest = append(e.rest[:0], e.rest[end:]...)
	return len(p), err
}

func (e *eachOutputLine) flush() {
	if len(e.rest) > 0 {
		e.to.Write(e.change(e.rest))
	}
}
