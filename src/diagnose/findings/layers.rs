//! What does not help against a denial: the layer that refuses decides whose hands it is in.

use crate::report::model::Layer;

/// One sentence on what is tried in vain, with a space before it.
pub(super) fn what_does_not_help(layer: Layer, explicit: bool) -> &'static str {
    match (layer, explicit) {
        (Layer::IdentityPolicy, true) => {
            " Another Allow cannot lift it: a Deny wins over every Allow."
        }
        (Layer::PermissionsBoundary, _) => {
            " Attaching more policies to the role cannot lift a permissions boundary."
        }
        (Layer::SessionPolicy, _) => {
            " Attaching more policies to the role cannot lift a session policy."
        }
        (Layer::ServiceControlPolicy, _) => {
            " No policy of the account lifts it, and Default Host Management is no way round: its \
             role meets the same policy."
        }
        (Layer::ResourceControlPolicy, _) => " No policy of the role lifts it.",
        (Layer::VpcEndpointPolicy, _) => {
            " No policy of the role lifts it: the call is refused on its way."
        }
        (Layer::ResourcePolicy, _) => {
            " A policy of the role alone may not be enough: the resource's own policy must admit \
             the role too."
        }
        (Layer::IdentityPolicy, false) | (Layer::NotSaid, _) => "",
    }
}
