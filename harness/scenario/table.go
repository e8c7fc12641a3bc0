package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// entry is one activity's filter in the Activity Resolver Table.
type entry struct {
	component
	scheme     string // where it stands under Schemes
	actions    []string
	categories []string
}

// answers says whether the filter lets the intent through, as far as the roles'
// intents need it: action, category, and the scheme of the data.
func (e entry) answers(i Intent) bool {
	scheme, _, _ := strings.Cut(i.Data, ":")
	return slices.Contains(e.actions, i.Action) && e.scheme == scheme &&
		(i.Category == "" || slices.Contains(e.categories, i.Category))
}

// tableAnswers looks an intent up in the resolver table: Android 5 and 6 have no
// command that does.
func (q *query) tableAnswers(ctx context.Context, i Intent) ([]component, error) {
	if !q.read {
		out, err := q.h.Shell(ctx, "dumpsys", "package", "-f")
		if err != nil {
			return nil, fmt.Errorf("resolver table: %w", err)
		}
		if q.table = parseTable(out); len(q.table) == 0 {
			return nil, errors.New("resolver table: dumpsys package -f shows none, and every handset has one: what it printed is not all")
		}
		q.read = true
	}
	var found []component
	for _, e := range q.table {
		if e.answers(i) && !slices.Contains(found, e.component) {
			found = append(found, e.component)
		}
	}
	slices.SortStableFunc(found, func(a, b component) int { return strings.Compare(string(a.pkg), string(b.pkg)) })
	return found, nil
}

// parseTable reads the Activity Resolver Table of dumpsys package -f, which
// prints each filter (frameworks/base services core …/server/IntentResolver.java,
// dump and dumpMap, and PackageManagerService.java, dumpFilter; Android 5 to 16):
//
//	Activity Resolver Table:
//	  Schemes:
//	      http:
//	        41d5b2e8 com.android.browser/.BrowserActivity filter 42365f10
//	          Action: "android.intent.action.VIEW"
//	          Category: "android.intent.category.BROWSABLE"
//	  Non-Data Actions:
//	      android.intent.action.MAIN:
//	        …
func parseTable(out string) []entry {
	var found []entry
	inside, part, scheme := false, "", ""
	for line := range strings.Lines(out) {
		text := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case text == "":
		case indent == 0:
			if inside {
				return found
			}
			inside = text == "Activity Resolver Table:"
		case !inside:
		case indent == 2:
			part, scheme = text, ""
		case indent < 8:
			scheme = ""
			if part == "Schemes:" {
				scheme = strings.TrimSuffix(text, ":")
			}
		case part != "Schemes:" && part != "Non-Data Actions:":
		case strings.HasPrefix(text, "Action: ") && len(found) > 0:
			last := &found[len(found)-1]
			last.actions = append(last.actions, unquote(text))
		case strings.HasPrefix(text, "Category: ") && len(found) > 0:
			last := &found[len(found)-1]
			last.categories = append(last.categories, unquote(text))
		default:
			if words := strings.Fields(text); len(words) >= 2 {
				if c, ok := parseComponent(words[1]); ok {
					found = append(found, entry{component: c, scheme: scheme})
				}
			}
		}
	}
	return found
}

func unquote(text string) string {
	_, value, _ := strings.Cut(text, ": ")
	return strings.Trim(value, `"`)
}
