//! What differs between a connector and its vendor's document. Plain data.

use std::fmt;

use serde::Serialize;

/// How much a difference matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A request fails, or is refused although the vendor takes it.
    Fails,
    /// A result is wrong or incomplete, and nobody is told.
    Silent,
    /// Something is described inexactly.
    Inexact,
}

impl Class {
    /// Every class, the worst first.
    pub const ALL: [Self; 3] = [Self::Fails, Self::Silent, Self::Inexact];

    /// The number that reports show.
    pub const fn number(self) -> u8 {
        match self {
            Self::Fails => 1,
            Self::Silent => 2,
            Self::Inexact => 3,
        }
    }

    /// The meaning of the class, for the heading of a table.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Fails => "a request fails, or is refused although the vendor takes it",
            Self::Silent => "a result is wrong or incomplete, and nobody is told",
            Self::Inexact => "described inexactly",
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal $class:ident,)*) => {
        /// The kinds of differences. The text of a kind begins the id of a finding, with which specs accept
        /// it, so that it must not change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind, in the order in which reports show them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The text of the kind in ids.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How much differences of this kind matter.
            pub const fn class(self) -> Class {
                match self { $(Self::$name => Class::$class,)* }
            }
        }
    };
}

kinds! {
    /// The vendor has no such operation.
    OperationUnknown "operation-unknown" Fails,
    /// The vendor has the path with other methods only.
    MethodDiffers "method-differs" Fails,
    /// The vendor advises against the operation.
    OperationDeprecated "operation-deprecated" Fails,
    /// The vendor's schema refuses the GraphQL document.
    DocumentRefused "document-refused" Fails,
    /// The vendor knows no such argument, or member of one.
    ArgumentUnknown "argument-unknown" Fails,
    /// The vendor expects the argument in another part of the request.
    ArgumentMisplaced "argument-misplaced" Fails,
    /// The vendor requires an argument that the operation does not have.
    ArgumentMissing "argument-missing" Fails,
    /// The vendor requires an argument that callers may leave out.
    ArgumentRequired "argument-required" Fails,
    /// Callers have to pass an argument that the vendor does not require.
    ArgumentOptional "argument-optional" Fails,
    /// The vendor takes no body in this media type.
    MediaType "media-type" Fails,
    /// The vendor takes another type of value.
    TypeDiffers "type-differs" Fails,
    /// The vendor takes more types of values.
    TypeNarrower "type-narrower" Fails,
    /// The vendor takes more values.
    EnumNarrower "enum-narrower" Fails,
    /// The vendor takes smaller or larger numbers.
    LimitNarrower "limit-narrower" Fails,
    /// The vendor serves no page as large as the largest that is requested.
    PageSize "page-size" Fails,
    /// The place of the records is not in the vendor's response.
    RecordsAbsent "records-absent" Silent,
    /// The place of a metadata field is not in the vendor's response.
    MetadataAbsent "metadata-absent" Silent,
    /// What continues a list is not in the vendor's response.
    PagingAbsent "paging-absent" Silent,
    /// The field by which records are filtered is not in the vendor's records.
    FilterAbsent "filter-absent" Silent,
    /// The vendor does not know a value that callers may pass.
    EnumUnknown "enum-unknown" Silent,
    /// The vendor takes fewer types of values.
    TypeWider "type-wider" Inexact,
    /// The vendor takes fewer numbers.
    LimitWider "limit-wider" Inexact,
    /// The vendor lists the values, and the connector does not.
    EnumMissing "enum-missing" Inexact,
    /// The connector lists the values, and the vendor does not.
    EnumOwn "enum-own" Inexact,
    /// The vendor requires a member of an argument that callers may leave out.
    MemberRequired "member-required" Inexact,
    /// The vendor advises against an argument, and its description does not say so.
    ArgumentDeprecated "argument-deprecated" Inexact,
    /// The vendor's standard size of a page is another.
    PageDefault "page-default" Inexact,
    /// The vendor's records have no such field.
    FieldUnknown "field-unknown" Inexact,
    /// The GraphQL document does not select the field, and callers cannot select it.
    FieldUnselected "field-unselected" Inexact,
    /// The vendor's field has another type.
    FieldType "field-type" Inexact,
    /// The vendor's field has other values.
    FieldEnum "field-enum" Inexact,
    /// The vendor advises against a field, and its description does not say so.
    FieldDeprecated "field-deprecated" Inexact,
    /// The vendor's records have a field that is not described.
    FieldMissing "field-missing" Inexact,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A difference between an operation and what the vendor says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The operation, as `entity.action`.
    pub operation: String,
    /// What kind of difference it is.
    pub kind: Kind,
    /// The argument, field or place to which it applies; empty for the whole operation.
    pub place: String,
    /// The difference in a sentence.
    pub detail: String,
}

impl Finding {
    /// The id inside the operation: the kind, and after a colon the place.
    pub fn id(&self) -> String {
        if self.place.is_empty() {
            self.kind.as_str().to_owned()
        } else {
            format!("{}:{}", self.kind, self.place)
        }
    }

    /// The id inside the connector: the operation, a slash, and the id inside the operation.
    pub fn full_id(&self) -> String {
        format!("{}/{}", self.operation, self.id())
    }
}

/// Collects the findings of one operation.
#[derive(Debug)]
pub(super) struct Findings {
    operation: String,
    list: Vec<Finding>,
}

impl Findings {
    pub(super) fn new(operation: String) -> Self {
        Self { operation, list: Vec::new() }
    }

    /// Adds a difference, unless it is known: schemas that are composed of others may show it several times.
    pub(super) fn add(&mut self, kind: Kind, place: &str, detail: impl Into<String>) {
        if self.list.iter().any(|known| known.kind == kind && known.place == place) {
            return;
        }
        self.list.push(Finding {
            operation: self.operation.clone(),
            kind,
            place: place.to_owned(),
            detail: detail.into(),
        });
    }

    pub(super) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

/// How badly the findings fit: the numbers of findings by class, the worst class first. Fields that
/// are not described count least.
pub(super) fn weight(findings: &[Finding]) -> [usize; 4] {
    let count = |class: Class| {
        let of_class = findings.iter().filter(|found| found.kind.class() == class);
        of_class.filter(|found| found.kind != Kind::FieldMissing).count()
    };
    let [fails, silent, inexact] = Class::ALL.map(count);
    let missing = findings.iter().filter(|found| found.kind == Kind::FieldMissing).count();
    [fails, silent, inexact, missing]
}
