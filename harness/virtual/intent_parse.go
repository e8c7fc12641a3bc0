package virtual

import (
	"fmt"
	"strconv"
	"strings"

	"assay/harness/virtual/persona"
)

// intentOptions take a value that says nothing about which activity answers.
var intentOptions = map[string]int{
	"--es": 2, "--ez": 2, "--ei": 2, "--el": 2, "--ef": 2, "--eu": 2, "--ecn": 2, "--eia": 2, "--ela": 2, "--esa": 2, "--efa": 2, "--esn": 1, "-e": 2,
}

// parseIntent reads the intent of a command line. other is asked about options
// that are not the intent's; it returns how many arguments they take, or -1.
func parseIntent(args []string, other func(string, []string) int) (intent, error) {
	in := intent{}
	for i := 0; i < len(args); i++ {
		a := args[i]
		value := func() (string, error) {
			if i+1 >= len(args) {
				return "", complaint(fmt.Sprintf("Argument expected after \"%s\"", a))
			}
			i++
			return args[i], nil
		}
		var err error
		switch a {
		case "-a":
			in.action, err = value()
		case "-d":
			in.data, err = value()
		case "-t":
			in.mime, err = value()
		case "-c":
			var c string
			if c, err = value(); err == nil {
				in.categories = append(in.categories, c)
			}
		case "-n":
			var c string
			if c, err = value(); err == nil {
				if !strings.Contains(c, "/") {
					return in, complaint(fmt.Sprintf("Bad component name: %s", c))
				}
				in.component = persona.LongComponent(c)
			}
		case "-p":
			in.pkg, err = value()
		case "-f":
			var f string
			if f, err = value(); err == nil {
				if in.flags, err = strconv.ParseInt(f, 0, 64); err != nil {
					return in, complaint(fmt.Sprintf("For input string: \"%s\"", f))
				}
			}
		default:
			if n, ok := intentOptions[a]; ok {
				in.extras = true
				i += n
				continue
			}
			if !strings.HasPrefix(a, "-") {
				in.bare(a)
				continue
			}
			n := other(a, args[i+1:])
			if n < 0 {
				return in, complaint(fmt.Sprintf("Unknown option: %s", a))
			}
			i += n
		}
		if err != nil {
			return in, err
		}
	}
	return in, nil
}

// bare reads an argument without an option: a URI, a component or a package.
func (in *intent) bare(a string) {
	switch {
	case strings.Contains(a, ":"):
		in.data = a
	case strings.Contains(a, "/"):
		in.component = persona.LongComponent(a)
	default:
		in.pkg = a
	}
	if in.action == "" {
		in.action = "android.intent.action.VIEW"
		if in.data == "" {
			in.action = "android.intent.action.MAIN"
			if len(in.categories) == 0 && in.component == "" {
				in.categories = []string{"android.intent.category.LAUNCHER"}
			}
		}
	}
}
