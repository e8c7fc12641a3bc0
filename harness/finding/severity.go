package finding

import "fmt"

// Severity is how bad it is for the owner that a claim does not hold. The zero value is
// that of a finding that flags nothing.
type Severity int

// Severities.
const (
	Low      Severity = iota + 1 // tells something, and takes nothing
	Medium                       // weakens the owner's control, or the handset's posture
	High                         // a sensitive capability that nobody agreed to
	Critical                     // data leaves, or can be taken, without a sign
)

var severityNames = [...]string{"", "low", "medium", "high", "critical"}

// SeverityNames lists the words of severities, the worst first.
func SeverityNames() []string { return []string{"critical", "high", "medium", "low"} }

// String gives the word that reports print.
func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word back.
func (s *Severity) UnmarshalText(text []byte) error {
	for i, name := range severityNames {
		if name == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q", text)
}
