// An RSS controller that speaks firsttouch's line protocol: one JSON value a line, on stdin and stdout. README.md says how to run it.
// It knows the profile `letter` and declines the others. What is not built yet is Err(Todo(...)).
// The rule of each move stands above it; what begins with `in linux-v1`, `in linux-v2` or `in v3.1` is for those profiles, and not for `letter`.
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};
use Stop::*;

const UNLIMITED: u64 = i64::MAX as u64;

/// Why a move ends before its end.
#[allow(dead_code)] // Nobody is killed until `charge` is built.
enum Stop {
    /// The move is refused, by this errno.
    Refused(&'static str),
    /// The acting task was the OOM victim.
    Killed,
    /// Not built yet: what.
    Todo(&'static str),
}

type Outcome = Result<(), Stop>;

#[derive(Default)]
struct Container {
    limit: u64,
    failcnt: u64,
    reclaimed: u64,
    active: Vec<usize>, // pages, newest first
    inactive: Vec<usize>,
}

impl Container {
    fn usage(&self) -> usize {
        self.active.len() + self.inactive.len()
    }
}

struct Task {
    home: usize, // its container
    maps: BTreeSet<usize>,
    pins: BTreeSet<usize>,
}

#[derive(Default)]
struct Controller {
    containers: BTreeMap<usize, Container>,
    tasks: BTreeMap<usize, Task>,
    owner: BTreeMap<usize, usize>, // by page: the container that is accounted for it
    referenced: BTreeSet<usize>,
    killed: Vec<usize>,
    freed: Vec<usize>,
}

impl Controller {
    // Containers.

    // contract: mkdir
    fn mkdir(&mut self, c: usize) -> Outcome {
        if self.containers.contains_key(&c) {
            return Err(Refused("EEXIST"));
        }
        self.containers.insert(
            c,
            Container {
                limit: UNLIMITED,
                ..Default::default()
            },
        );
        Ok(())
    }

    // contract: rmdir
    fn rmdir(&mut self, c: usize) -> Outcome {
        if self.container(c)?.usage() > 0 || !self.members(c).is_empty() {
            return Err(Refused("EBUSY"));
        }
        Err(Todo("rmdir"))
    }

    // contract: setLimit
    fn set_limit(&mut self, c: usize, limit: i128) -> Outcome {
        self.container(c)?;
        if limit < 0 || limit > UNLIMITED as i128 {
            return Err(Refused("EINVAL"));
        }
        Err(Todo("setLimit"))
    }

    fn container(&mut self, c: usize) -> Result<&mut Container, Stop> {
        self.containers.get_mut(&c).ok_or(Refused("ENOENT"))
    }

    fn members(&self, c: usize) -> Vec<usize> {
        self.tasks
            .iter()
            .filter(|(_, task)| task.home == c)
            .map(|(&t, _)| t)
            .collect()
    }

    // Tasks.

    // contract: spawn
    fn spawn(&mut self, t: usize, c: usize) -> Outcome {
        if self.tasks.contains_key(&t) {
            return Err(Refused("EEXIST"));
        }
        self.container(c)?;
        self.tasks.insert(
            t,
            Task {
                home: c,
                maps: BTreeSet::new(),
                pins: BTreeSet::new(),
            },
        );
        Ok(())
    }

    // contract: fork
    fn fork(&mut self, t: usize, u: usize) -> Outcome {
        self.live(t)?;
        if self.tasks.contains_key(&u) {
            return Err(Refused("EEXIST"));
        }
        Err(Todo("fork"))
    }

    // contract: exit
    fn exit(&mut self, t: usize) -> Outcome {
        self.live(t)?;
        Err(Todo("exit"))
    }

    // contract: move
    fn r#move(&mut self, t: usize, c: usize) -> Outcome {
        self.live(t)?;
        self.container(c)?;
        Err(Todo("move"))
    }

    fn live(&mut self, t: usize) -> Result<&mut Task, Stop> {
        self.tasks.get_mut(&t).ok_or(Refused("ESRCH"))
    }

    // Pages.

    // contract: touch
    fn touch(&mut self, t: usize, p: usize) -> Outcome {
        self.live(t)?;
        if !self.owner.contains_key(&p) {
            return self.fault(t, p);
        }
        self.live(t)?.maps.insert(p);
        self.reference(p);
        Ok(())
    }

    // contract: unmap
    fn unmap(&mut self, t: usize, p: usize) -> Outcome {
        if !self.live(t)?.maps.contains(&p) {
            return Ok(());
        }
        Err(Todo("unmap"))
    }

    // contract: copy
    fn copy(&mut self, t: usize, p: usize, q: usize) -> Outcome {
        if !self.live(t)?.maps.contains(&p) || self.owner.contains_key(&q) {
            return Err(Refused("EINVAL"));
        }
        Err(Todo("copy"))
    }

    // contract: pin
    fn pin(&mut self, t: usize, p: usize) -> Outcome {
        self.mapped(t, p)?;
        Err(Todo("pin"))
    }

    // contract: unpin
    fn unpin(&mut self, t: usize, p: usize) -> Outcome {
        self.mapped(t, p)?;
        Err(Todo("unpin"))
    }

    // contract: evict
    fn evict(&mut self, p: usize) -> Outcome {
        if !self.owner.contains_key(&p) || self.pinned(p) {
            return Ok(());
        }
        Err(Todo("evict"))
    }

    fn mapped(&mut self, t: usize, p: usize) -> Result<&mut Task, Stop> {
        let task = self.live(t)?;
        if !task.maps.contains(&p) {
            return Err(Refused("ENOMEM"));
        }
        Ok(task)
    }

    fn pinned(&self, p: usize) -> bool {
        self.tasks.values().any(|task| task.pins.contains(&p))
    }

    // contract: reference
    fn reference(&mut self, p: usize) {
        let c = self.containers.get_mut(&self.owner[&p]).unwrap();
        let place = c.inactive.iter().position(|&q| q == p);
        match place {
            Some(i) if self.referenced.remove(&p) => {
                c.inactive.remove(i);
                c.active.insert(0, p);
            }
            _ => {
                self.referenced.insert(p);
            }
        }
    }

    // The charge: reclaim first, then kill.

    fn fault(&mut self, t: usize, p: usize) -> Outcome {
        let c = self.live(t)?.home;
        self.charge(t, c)?;
        self.owner.insert(p, c);
        self.container(c)?.active.insert(0, p);
        self.live(t)?.maps.insert(p);
        Ok(())
    }

    // contract: charge
    fn charge(&mut self, _t: usize, c: usize) -> Outcome {
        while self.container(c)?.usage() as u64 + 1 > self.container(c)?.limit {
            self.container(c)?.failcnt += 1;
            if self.reclaim(c)? {
                self.container(c)?.reclaimed += 1;
                continue;
            }
            return Err(Todo("the OOM killer, in charge"));
        }
        Ok(())
    }

    // contract: reclaim
    fn reclaim(&mut self, _c: usize) -> Result<bool, Stop> {
        Err(Todo("reclaim"))
    }

    // What an observer sees.

    fn view(&self) -> String {
        let containers = self.containers.iter().map(|(c, it)| {
            format!(
                r#""c{c}":{{"usage":{},"limit":{},"failcnt":{},"reclaimed":{},"tasks":{},"active":{},"inactive":{}}}"#,
                it.usage(),
                it.limit,
                it.failcnt,
                it.reclaimed,
                names('t', &self.members(*c)),
                names('p', &it.active),
                names('p', &it.inactive)
            )
        });
        let having = |p: usize, what: fn(&Task) -> &BTreeSet<usize>| -> String {
            let ids: Vec<usize> = self
                .tasks
                .iter()
                .filter(|(_, t)| what(t).contains(&p))
                .map(|(&t, _)| t)
                .collect();
            names('t', &ids)
        };
        let pages = self.owner.iter().map(|(&p, c)| {
            format!(
                r#""p{p}":{{"owner":"c{c}","mappers":{},"pins":{},"referenced":{}}}"#,
                having(p, |t| &t.maps),
                having(p, |t| &t.pins),
                self.referenced.contains(&p)
            )
        });
        let join = |parts: Vec<String>| parts.join(",");
        format!(
            r#"{{"containers":{{{}}},"pages":{{{}}}}}"#,
            join(containers.collect()),
            join(pages.collect())
        )
    }

    fn act(&mut self, name: &str, arg: &[i128]) -> String {
        self.killed.clear();
        self.freed.clear();
        let id = |i: usize| arg[i] as usize;
        let result = match name {
            "mkdir" => self.mkdir(id(0)),
            "rmdir" => self.rmdir(id(0)),
            "setLimit" => self.set_limit(id(0), arg[1]),
            "spawn" => self.spawn(id(0), id(1)),
            "fork" => self.fork(id(0), id(1)),
            "exit" => self.exit(id(0)),
            "move" => self.r#move(id(0), id(1)),
            "touch" => self.touch(id(0), id(1)),
            "unmap" => self.unmap(id(0), id(1)),
            "copy" => self.copy(id(0), id(1), id(2)),
            "pin" => self.pin(id(0), id(1)),
            "unpin" => self.unpin(id(0), id(1)),
            "evict" => self.evict(id(0)),
            _ => panic!("no such move: {name}"),
        };
        let outcome = match result {
            Ok(()) => "ok",
            Err(Refused(errno)) => errno,
            Err(Killed) => "KILLED",
            Err(Todo(what)) => return format!(r#"{{"todo":"{what}"}}"#),
        };
        let (killed, freed) = (names('t', &self.killed), names('p', &self.freed));
        format!(
            r#"{{"outcome":"{outcome}","killed":{killed},"reclaimed":{freed},"view":{}}}"#,
            self.view()
        )
    }
}

fn names(letter: char, ids: &[usize]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{letter}{id}\"")).collect();
    format!("[{}]", quoted.join(","))
}

/// The words of `{"move":["touch","t1","p0"]}`: the name, then numbers. A limit may come as digits in quotes; one that nobody can hold is -1.
fn words(line: &str) -> (String, Vec<i128>) {
    let inside = line
        .split('[')
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .unwrap_or("");
    let mut parts = inside.split(',').map(|word| word.trim().trim_matches('"'));
    let name = parts.next().unwrap_or("").to_string();
    (
        name,
        parts
            .map(|word| {
                word.trim_start_matches(['c', 't', 'p'])
                    .parse()
                    .unwrap_or(-1)
            })
            .collect(),
    )
}

fn main() {
    let mut controller = Controller::default();
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        let line = line.unwrap();
        let answer = if line.contains("\"move\"") {
            let (name, arg) = words(&line);
            controller.act(&name, &arg)
        } else if line.contains("\"firsttouch\"") && !line.contains("\"letter\"") {
            r#"{"skip":"only profile letter is implemented"}"#.to_string()
        } else {
            controller = Controller::default();
            r#"{"ok":true}"#.to_string()
        };
        if writeln!(out, "{answer}")
            .and_then(|()| out.flush())
            .is_err()
        {
            return;
        }
    }
}
