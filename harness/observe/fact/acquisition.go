package fact

import "time"

// Acquisition is when androidqf acquired, by the clock of the computer it ran on.
type Acquisition struct {
	Version   string    `json:"version,omitempty"` // androidqf's own
	Started   time.Time `json:"started"`           // UTC
	Completed time.Time `json:"completed,omitzero"`
}

func (Acquisition) Kind() string { return "acquisition" }

// Moment is when a print-out was made, by its own statement and the handset's own
// clock. Times of what it tells of say nothing of it: Android keeps entries from
// before a clock was set, and a real Pixel has one of four hours from now.
type Moment struct {
	Local string `json:"time"` // handset's local time, 2006-01-02 15:04:05; no zone is printed
}

func (Moment) Kind() string { return "moment" }
