package command

import (
	"fmt"
	"strconv"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// intentOptions take a value that says nothing about which activity answers.
var intentOptions = map[string]int{
	"--es": 2, "--ez": 2, "--ei": 2, "--el": 2, "--ef": 2, "--eu": 2, "--ecn": 2, "--eia": 2, "--ela": 2, "--esa": 2, "--efa": 2, "--esn": 1, "-e": 2,
}

// parseIntent reads the intent of a command line. other is asked about options
// that are not the intent's; it returns how many arguments they take, or -1.
func parseIntent(args []string, other func(string, []string) int) (phone.Intent, error) {
	in := phone.Intent{}
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
			in.Action, err = value()
		case "-d":
			in.Data, err = value()
		case "-t":
			in.Type, err = value()
		case "-c":
			var c string
			if c, err = value(); err == nil {
				in.Categories = append(in.Categories, c)
			}
		case "-n":
			var c string
			if c, err = value(); err == nil {
				if !strings.Contains(c, "/") {
					return in, complaint(fmt.Sprintf("Bad component name: %s", c))
				}
				in.Component = persona.LongComponent(c)
			}
		case "-p":
			in.Package, err = value()
		case "-f":
			var f string
			if f, err = value(); err == nil {
				if in.Flags, err = strconv.ParseInt(f, 0, 64); err != nil {
					return in, complaint(fmt.Sprintf("For input string: \"%s\"", f))
				}
			}
		default:
			if n, ok := intentOptions[a]; ok {
				in.Extras = true
				i += n
				continue
			}
			if !strings.HasPrefix(a, "-") {
				bare(&in, a)
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
func bare(in *phone.Intent, a string) {
	switch {
	case strings.Contains(a, ":"):
		in.Data = a
	case strings.Contains(a, "/"):
		in.Component = persona.LongComponent(a)
	default:
		in.Package = a
	}
	if in.Action == "" {
		in.Action = "android.intent.action.VIEW"
		if in.Data == "" {
			in.Action = "android.intent.action.MAIN"
			if len(in.Categories) == 0 && in.Component == "" {
				in.Categories = []string{"android.intent.category.LAUNCHER"}
			}
		}
	}
}
