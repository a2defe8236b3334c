//! What the answers say of session preferences, and the users that preferences name.

use super::{Event, Run};
use crate::aws::call::Learned;
use crate::diagnose::sessions;
use crate::diagnose::view::View;
use crate::host::users;

impl Run {
    /// Takes what an answer says beyond yes and no.
    pub(super) fn take_learned(&mut self, learned: Learned) {
        match learned {
            Learned::Preferences(said) => self.seen.sessions.document = Some(said),
            Learned::LogGroup(group) => self.seen.sessions.log_group = Some(group),
        }
    }

    /// Looks for the user that sessions run as, once it is known.
    pub(super) fn look_for_user(&mut self) {
        let known = sessions::preferences(View::new(&self.seen));
        let Some(name) = sessions::run_as(&known).map(str::to_owned) else {
            return;
        };
        if self.looked_for.as_ref() == Some(&name) {
            return;
        }
        self.looked_for = Some(name.clone());
        let world = self.world.clone();
        self.tasks
            .spawn_blocking(move || Event::Users(users::exist(&world, [name.as_str()])));
    }
}
