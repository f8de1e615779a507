//! The cells of the sample design and how people come into them.

use crate::expr::Env;
use crate::frame::table::Contact;
use crate::frame::types::FrameError;
use crate::frame::waves::{Panel, Waves, risk_groups};
use crate::model::Checked;
use crate::model::checked::{ChannelKind, Sample, StepKind, Stratum, Text, Timing};

/// How people come into a stratum's sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Entering {
    /// Drawn at launch, all released at once.
    AtOnce,
    /// Drawn at launch, released in draw order until enough have answered.
    Completes {
        /// Expected response rate.
        response: f64,
    },
    /// Each arrival whose random number is below the share.
    Daily {
        /// Share.
        share: f64,
    },
    /// Each event whose random number is below the share.
    Events {
        /// Index into `Checked::events`.
        source: usize,
        /// Share.
        share: f64,
    },
}

impl Entering {
    /// Tells whether the draw is made at launch.
    #[must_use]
    pub fn at_launch(self) -> bool {
        matches!(self, Self::AtOnce | Self::Completes { .. })
    }
}

/// A cell: a stratum, or one of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellDesign {
    /// Position among all cells.
    pub index: u32,
    /// Index of the stratum.
    pub stratum: usize,
    /// `stratum` or `stratum.part`.
    pub name: String,
    /// Title.
    pub title: Text,
}

/// Which contacts the invitation of a stratum can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// By e-mail.
    pub email: bool,
    /// By short message or telephone.
    pub mobile: bool,
    /// Without an address of their own.
    pub anyone: bool,
}

/// Why an eligible person can't be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// Invited recently.
    AtRest,
    /// All usable addresses are suppressed.
    Suppressed,
    /// No usable address for any channel of the invitation.
    NoAddress,
}

impl Reach {
    /// Tells why somebody with these contacts can't be invited.
    pub fn hindered(self, email: Contact, mobile: Contact, at_rest: bool) -> Option<Unavailable> {
        if at_rest {
            return Some(Unavailable::AtRest);
        }
        let ways = [(self.email, email), (self.mobile, mobile)];
        let any = |state: Contact| ways.iter().any(|(open, contact)| *open && *contact == state);
        if self.anyone || any(Contact::Usable) {
            None
        } else if any(Contact::Suppressed) {
            Some(Unavailable::Suppressed)
        } else {
            Some(Unavailable::NoAddress)
        }
    }
}

/// The design of a whole campaign.
#[derive(Debug, Clone)]
pub struct Design {
    /// All cells in order.
    pub cells: Vec<CellDesign>,
    /// Per stratum: how people come in.
    pub entering: Vec<Entering>,
    /// Per stratum: which contacts the invitation uses.
    pub reach: Vec<Reach>,
    /// Per stratum: where the draw starts, times 2^52.
    pub starts: Vec<u64>,
    /// Per stratum: the panel that it takes its people from.
    pub panels: Vec<Option<Panel>>,
    first_cell: Vec<usize>,
}

impl Design {
    /// Returns the design of a campaign that draws nobody.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            cells: Vec::new(),
            entering: Vec::new(),
            reach: Vec::new(),
            starts: Vec::new(),
            panels: Vec::new(),
            first_cell: Vec::new(),
        }
    }

    /// Derives the design; events can't be drawn by number.
    pub fn new(checked: &Checked) -> Result<Self, FrameError> {
        let mut design = Self::empty();
        let mut faults = Vec::new();
        for (index, stratum) in checked.strata.iter().enumerate() {
            let invite = invite_step(checked, index);
            match entering(stratum, invite.map(|i| i.0)) {
                Ok(entering) => design.entering.push(entering),
                Err(fault) => faults.push(fault),
            }
            design.reach.push(reach(checked, invite.map_or(&[], |i| i.1)));
            design.first_cell.push(design.cells.len());
            for (name, title) in names(stratum) {
                let position = u32::try_from(design.cells.len()).unwrap_or(u32::MAX);
                design.cells.push(CellDesign { index: position, stratum: index, name, title });
            }
        }
        if faults.is_empty() { Ok(design) } else { Err(FrameError::Spec(faults)) }
    }

    /// Derives the design with what earlier campaigns tell: starts and panels.
    pub fn with(checked: &Checked, waves: &Waves) -> Result<Self, FrameError> {
        let mut design = Self::new(checked)?;
        let mut unknown: Vec<String> = Vec::new();
        for (index, stratum) in checked.strata.iter().enumerate() {
            let start = waves.starts.get(&stratum.name).copied();
            if stratum.coordination.is_some() && start.is_none() {
                unknown.push(format!(
                    "stratum `{}` is drawn beside an earlier campaign, and nothing tells where that draw started",
                    stratum.name
                ));
            }
            let events = matches!(design.entering.get(index), Some(Entering::Events { .. }));
            if stratum.coordination.is_some() && events {
                return Err(FrameError::spec(format!(
                    "stratum `{}` is drawn after events, which have random numbers of their own; leave `draw …` out",
                    stratum.name
                )));
            }
            design.starts.push(start.unwrap_or(0));
            let panel = stratum.panel.as_ref().map(|campaign| (campaign, waves.answered.get(campaign)));
            if let Some((campaign, None)) = panel {
                unknown.push(format!(
                    "stratum `{}` takes the people who answered in `{campaign}`, and the store of this profile has no such campaign; plan with the profile whose store has it, or from a summary that was written there",
                    stratum.name
                ));
            }
            design.panels.push(panel.and_then(|(_, panel)| panel.cloned()));
        }
        for (campaign, group) in risk_groups(checked) {
            if !waves.risks.contains_key(&(campaign.clone(), group.clone())) {
                unknown.push(format!(
                    "who is in the risk group `{group}` of `{campaign}` tells the store, and that of this profile has no such campaign; plan with the profile whose store has it, or from a summary that was written there"
                ));
            }
        }
        if unknown.is_empty() { Ok(design) } else { Err(FrameError::List(unknown)) }
    }

    /// Tells whether a person may be in a stratum as far as its panel goes.
    #[must_use]
    pub fn admits(&self, stratum: usize, key: &str, number: u64) -> bool {
        self.panels.get(stratum).is_none_or(|p| p.as_ref().is_none_or(|p| p.has(key, number)))
    }

    /// Returns where a stratum's draw starts.
    #[must_use]
    pub fn start(&self, stratum: usize) -> u64 {
        self.starts.get(stratum).copied().unwrap_or(0)
    }

    /// Returns the indices of a stratum's cells.
    #[must_use]
    pub fn cells_of(&self, stratum: usize) -> std::ops::Range<usize> {
        let end = self.first_cell.get(stratum + 1).copied().unwrap_or(self.cells.len());
        self.first_cell[stratum]..end
    }

    /// Returns the cell that takes a person of the stratum; `None` when it falls into no part.
    pub fn cell_for(&self, checked: &Checked, stratum: usize, env: &dyn Env) -> Option<usize> {
        let parts = &checked.strata[stratum].parts;
        if parts.is_empty() {
            return Some(self.first_cell[stratum]);
        }
        let fits =
            |c: &Option<crate::expr::Expr>| c.as_ref().is_none_or(|c| crate::expr::truth(c, env).holds());
        parts.iter().position(|p| fits(&p.condition)).map(|p| self.first_cell[stratum] + p)
    }
}

/// Returns timing and channels of the invitation that a stratum gets.
fn invite_step(checked: &Checked, stratum: usize) -> Option<(Timing, &[usize])> {
    let steps = checked.schedule.iter().flat_map(|s| &s.steps);
    steps
        .filter(|s| s.kind == StepKind::Invite && (s.strata.is_empty() || s.strata.contains(&stratum)))
        .map(|s| (s.timing, s.via.as_slice()))
        .next()
}

fn entering(stratum: &Stratum, timing: Option<Timing>) -> Result<Entering, String> {
    let Some(Timing::AfterEvent { events: source, .. }) = timing else {
        return Ok(match stratum.sample {
            Sample::Completes { response, .. } => Entering::Completes { response },
            Sample::DailyShare(share) => Entering::Daily { share },
            _ => Entering::AtOnce,
        });
    };
    match stratum.sample {
        Sample::All => Ok(Entering::Events { source, share: 1.0 }),
        Sample::Share(share) | Sample::DailyShare(share) => Ok(Entering::Events { source, share }),
        _ => Err(format!(
            "stratum `{}` is invited after events, whose number nobody knows; write `sample all` or `sample 20%`",
            stratum.name
        )),
    }
}

fn reach(checked: &Checked, via: &[usize]) -> Reach {
    let mut reach = Reach::default();
    for channel in via.iter().filter_map(|&i| checked.channels.get(i)) {
        match channel.kind {
            ChannelKind::Email { .. } => reach.email = true,
            ChannelKind::Sms { .. } | ChannelKind::Phone { .. } => reach.mobile = true,
            ChannelKind::Link { .. } => reach.anyone = true,
            // Not carried out by this version: it reaches nobody.
            ChannelKind::Webhook { .. } => {}
        }
    }
    reach
}

/// Returns name and title of each cell of a stratum.
fn names(stratum: &Stratum) -> Vec<(String, Text)> {
    if stratum.parts.is_empty() {
        return vec![(stratum.name.clone(), stratum.title.clone())];
    }
    let both = |part: &crate::model::checked::Part| {
        let outer = |language: &str| match stratum.title.get(language) {
            "" => stratum.name.clone(),
            title => title.to_owned(),
        };
        let titles = part.title.0.iter().map(|(l, t)| (l.clone(), format!("{} · {t}", outer(l)))).collect();
        (format!("{}.{}", stratum.name, part.name), Text(titles))
    };
    stratum.parts.iter().map(both).collect()
}
