package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// intentOptions take a value that says nothing about which activity answers.
var intentOptions = map[string]int{
	"--es": 2, "--ez": 2, "--ei": 2, "--el": 2, "--ef": 2, "--eu": 2, "--ecn": 2, "--eia": 2, "--ela": 2, "--esa": 2, "--efa": 2, "--esn": 1,
	"-e": 2,
}

// parseIntent reads the intent of a command line. other is asked about options
// that are not the intent's; it returns how many arguments they take, or -1.
func parseIntent(args []string, other func(string, []string) int) (phone.Intent, error) {
	in := phone.Intent{}
	for i := 0; i < len(args); i++ {
		a := args[i]
		n, ok := intentOptions[a]
		switch {
		case slices.Contains(intentParts, a):
			if i+1 >= len(args) {
				return in, complaint(fmt.Sprintf("Argument expected after \"%s\"", a))
			}
			i++
			if err := setPart(&in, a, args[i]); err != nil {
				return in, err
			}
		case ok:
			in.Extras = true
			i += n
		case !strings.HasPrefix(a, "-"):
			bare(&in, a)
		default:
			n := other(a, args[i+1:])
			if n < 0 {
				return in, complaint(fmt.Sprintf("Unknown option: %s", a))
			}
			i += n
		}
	}
	return in, nil
}

// intentParts are the options that set a part of the intent, each with its value.
var intentParts = []string{"-a", "-d", "-t", "-c", "-n", "-p", "-f"}

// setPart sets what one of those says.
func setPart(in *phone.Intent, option, value string) (err error) {
	switch option {
	case "-a":
		in.Action = value
	case "-d":
		in.Data = value
	case "-t":
		in.Type = value
	case "-c":
		in.Categories = append(in.Categories, value)
	case "-n":
		if !strings.Contains(value, "/") {
			return complaint(fmt.Sprintf("Bad component name: %s", value))
		}
		in.Component = persona.LongComponent(value)
	case "-p":
		in.Package = value
	case "-f":
		if in.Flags, err = strconv.ParseInt(value, 0, 64); err != nil {
			return complaint(fmt.Sprintf("For input string: \"%s\"", value))
		}
	}
	return nil
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
