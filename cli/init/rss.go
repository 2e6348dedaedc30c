// An RSS controller that speaks firsttouch's line protocol: one JSON value a line, on stdin and stdout. README.md says how to run it.
// It knows the profile `letter` and declines the others. What is not built yet answers todo(...).
// The rule of each move stands above it; what begins with `in linux-v1`, `in linux-v2` or `in v3.1` is for those profiles, and not for `letter`.
package main

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
)

type container struct {
	limit, failcnt, reclaimed int64
	active, inactive          []string // pages, newest first
}

func (c *container) usage() int64 { return int64(len(c.active) + len(c.inactive)) }

type task struct {
	home       string // the name of its container
	maps, pins map[string]bool
}

type controller struct {
	containers    map[string]*container
	tasks         map[string]*task
	owner         map[string]string // by page: the name of the container that is accounted for it
	referenced    map[string]bool
	killed, freed []string
	notBuilt      string // what todo was told
}

func newController() *controller {
	return &controller{
		containers: map[string]*container{}, tasks: map[string]*task{},
		owner: map[string]string{}, referenced: map[string]bool{},
	}
}

func (k *controller) todo(what string) string {
	if k.notBuilt == "" {
		k.notBuilt = what
	}
	return ""
}

// Containers.

// contract: mkdir
func (k *controller) mkdir(c string) string {
	if k.containers[c] != nil {
		return "EEXIST"
	}
	k.containers[c] = &container{limit: math.MaxInt64}
	return "ok"
}

// contract: rmdir
func (k *controller) rmdir(c string) string {
	if k.containers[c] == nil {
		return "ENOENT"
	}
	if k.containers[c].usage() > 0 || len(k.members(c)) > 0 {
		return "EBUSY"
	}
	return k.todo("rmdir")
}

// contract: setLimit
func (k *controller) setLimit(c, digits string) string {
	if k.containers[c] == nil {
		return "ENOENT"
	}
	limit, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || limit < 0 {
		return "EINVAL"
	}
	return k.todo("setLimit")
}

func (k *controller) members(c string) []string {
	names := []string{}
	for name, t := range k.tasks {
		if t.home == c {
			names = append(names, name)
		}
	}
	return names
}

// Tasks.

// contract: spawn
func (k *controller) spawn(t, c string) string {
	if k.tasks[t] != nil {
		return "EEXIST"
	}
	if k.containers[c] == nil {
		return "ENOENT"
	}
	k.tasks[t] = &task{home: c, maps: map[string]bool{}, pins: map[string]bool{}}
	return "ok"
}

// contract: fork
func (k *controller) fork(t, u string) string {
	if k.tasks[t] == nil {
		return "ESRCH"
	}
	if k.tasks[u] != nil {
		return "EEXIST"
	}
	return k.todo("fork")
}

// contract: exit
func (k *controller) exit(t string) string {
	if k.tasks[t] == nil {
		return "ESRCH"
	}
	return k.todo("exit")
}

// contract: move
func (k *controller) move(t, c string) string {
	if k.tasks[t] == nil {
		return "ESRCH"
	}
	if k.containers[c] == nil {
		return "ENOENT"
	}
	return k.todo("move")
}

// Pages.

// contract: touch
func (k *controller) touch(t, p string) string {
	if k.tasks[t] == nil {
		return "ESRCH"
	}
	if _, mapped := k.owner[p]; !mapped {
		return k.fault(t, p)
	}
	k.tasks[t].maps[p] = true
	k.reference(p)
	return "ok"
}

// contract: unmap
func (k *controller) unmap(t, p string) string {
	if k.tasks[t] == nil {
		return "ESRCH"
	}
	if !k.tasks[t].maps[p] {
		return "ok"
	}
	return k.todo("unmap")
}

// contract: copy
func (k *controller) copy(t, p, q string) string {
	if k.tasks[t] == nil {
		return "ESRCH"
	}
	if _, mapped := k.owner[q]; mapped || !k.tasks[t].maps[p] {
		return "EINVAL"
	}
	return k.todo("copy")
}

// contract: pin
func (k *controller) pin(t, p string) string {
	if refusal := k.mapped(t, p); refusal != "" {
		return refusal
	}
	return k.todo("pin")
}

// contract: unpin
func (k *controller) unpin(t, p string) string {
	if refusal := k.mapped(t, p); refusal != "" {
		return refusal
	}
	return k.todo("unpin")
}

// contract: evict
func (k *controller) evict(p string) string {
	if _, mapped := k.owner[p]; !mapped || k.pinned(p) {
		return "ok"
	}
	return k.todo("evict")
}

// mapped is the refusal of what needs a mapping; empty: there is one.
func (k *controller) mapped(t, p string) string {
	if k.tasks[t] == nil {
		return "ESRCH"
	}
	if !k.tasks[t].maps[p] {
		return "ENOMEM"
	}
	return ""
}

func (k *controller) pinned(p string) bool {
	for _, t := range k.tasks {
		if t.pins[p] {
			return true
		}
	}
	return false
}

// contract: reference
func (k *controller) reference(p string) {
	c := k.containers[k.owner[p]]
	if k.referenced[p] && take(&c.inactive, p) {
		c.active = append([]string{p}, c.active...)
		delete(k.referenced, p)
	} else {
		k.referenced[p] = true
	}
}

// take removes a page from a list; false: it is not on it.
func take(list *[]string, p string) bool {
	for i, q := range *list {
		if q == p {
			*list = append((*list)[:i], (*list)[i+1:]...)
			return true
		}
	}
	return false
}

// The charge: reclaim first, then kill.

func (k *controller) fault(t, p string) string {
	home := k.tasks[t].home
	c := k.containers[home]
	if outcome := k.charge(t, c); outcome != "ok" {
		return outcome
	}
	k.owner[p] = home
	c.active = append([]string{p}, c.active...)
	k.tasks[t].maps[p] = true
	return "ok"
}

// contract: charge
func (k *controller) charge(t string, c *container) string {
	for c.usage()+1 > c.limit {
		c.failcnt++
		if k.reclaim(c) {
			c.reclaimed++
			continue
		}
		return k.todo("the OOM killer, in charge")
	}
	return "ok"
}

// contract: reclaim
func (k *controller) reclaim(c *container) bool {
	k.todo("reclaim")
	return false
}

// What an observer sees.

type object = map[string]any

func (k *controller) view() object {
	containers, pages := object{}, object{}
	for name, c := range k.containers {
		containers[name] = object{
			"usage": c.usage(), "limit": c.limit, "failcnt": c.failcnt, "reclaimed": c.reclaimed,
			"tasks": k.members(name), "active": listed(c.active), "inactive": listed(c.inactive),
		}
	}
	for p, owner := range k.owner {
		mappers, pins := []string{}, []string{}
		for name, t := range k.tasks {
			if t.maps[p] {
				mappers = append(mappers, name)
			}
			if t.pins[p] {
				pins = append(pins, name)
			}
		}
		pages[p] = object{"owner": owner, "mappers": mappers, "pins": pins, "referenced": k.referenced[p]}
	}
	return object{"containers": containers, "pages": pages}
}

// listed is never null in JSON.
func listed(names []string) []string { return append([]string{}, names...) }

func (k *controller) do(name string, arg []string) object {
	k.killed, k.freed, k.notBuilt = nil, nil, ""
	outcome := "EINVAL"
	switch name {
	case "mkdir":
		outcome = k.mkdir(arg[0])
	case "rmdir":
		outcome = k.rmdir(arg[0])
	case "setLimit":
		outcome = k.setLimit(arg[0], arg[1])
	case "spawn":
		outcome = k.spawn(arg[0], arg[1])
	case "fork":
		outcome = k.fork(arg[0], arg[1])
	case "exit":
		outcome = k.exit(arg[0])
	case "move":
		outcome = k.move(arg[0], arg[1])
	case "touch":
		outcome = k.touch(arg[0], arg[1])
	case "unmap":
		outcome = k.unmap(arg[0], arg[1])
	case "copy":
		outcome = k.copy(arg[0], arg[1], arg[2])
	case "pin":
		outcome = k.pin(arg[0], arg[1])
	case "unpin":
		outcome = k.unpin(arg[0], arg[1])
	case "evict":
		outcome = k.evict(arg[0])
	}
	if k.notBuilt != "" {
		return object{"todo": k.notBuilt}
	}
	return object{"outcome": outcome, "killed": listed(k.killed), "reclaimed": listed(k.freed), "view": k.view()}
}

type message struct {
	Firsttouch int
	Profile    string
	Reset      bool
	Move       []json.RawMessage
}

func (k *controller) answer(m message) object {
	if m.Firsttouch != 0 && m.Profile != "letter" {
		return object{"skip": "only profile letter is implemented, not " + m.Profile}
	}
	if m.Move == nil {
		*k = *newController()
		return object{"ok": true}
	}
	words := []string{} // a limit is a number, or beyond 2^53 a string of digits
	for _, raw := range m.Move {
		words = append(words, strings.Trim(string(raw), `"`))
	}
	return k.do(words[0], words[1:])
}

func main() {
	k := newController()
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout) // a value and a newline, at once
	for in.Scan() {
		var m message
		if err := json.Unmarshal(in.Bytes(), &m); err != nil {
			panic(err)
		}
		if err := out.Encode(k.answer(m)); err != nil {
			return
		}
	}
}
