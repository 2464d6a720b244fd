"""Life after go-live: who uses what, was trained to, and says what. A company keeps it itself, or does without."""

from tasks.core.tables.shape import Column, Table

USAGE_DAY = Table(
    "usage_day",
    "A day's use of a product by an account's people of one kind.",
    (
        Column("usage_id", "text", "key: account, product, day and kind of people", required=True),
        Column("account_id", "text", "the customer", required=True, refers_to="account"),
        Column("product", "text", "what is used, named as in subscriptions"),
        Column("usage_date", "date", "the day", required=True),
        Column(
            "user_type",
            "text",
            "whose people: only the customer's count as its activity",
            required=True,
            values=("customer", "vendor", "test"),
        ),
        Column("active_users", "integer", "people who did something that day", required=True),
        Column("licensed_users", "integer", "people who may use it"),
        Column("features_used", "integer", "features that anyone used that day"),
        Column("features_offered", "integer", "features it has"),
    ),
    is_optional=True,
)

TRAINING = Table(
    "training",
    "What one operator of the customer learns before a project ends.",
    (
        Column("training_id", "text", "key: project and operator", required=True),
        Column("project_id", "text", "the project that hands over", required=True, refers_to="project"),
        Column("operator_id", "text", "who is to be trained", required=True),
        Column("is_required", "boolean", "the project may not be signed off before", required=True),
        Column("completed_date", "date", "the day the training was completed; null until then"),
    ),
    is_optional=True,
)

SURVEY = Table(
    "survey",
    "One question sent to one customer, and the answer.",
    (
        Column("survey_id", "text", "key", required=True),
        Column("account_id", "text", "the customer", required=True, refers_to="account"),
        Column("project_id", "text", "the project that it is about", refers_to="project"),
        Column(
            "occasion",
            "text",
            "after what it was sent: a transition point, or support",
            required=True,
            values=("kickoff", "go_live", "closeout", "support"),
        ),
        Column("kind", "text", "what is asked", required=True, values=("csat", "nps", "ces")),
        Column("sent_date", "date", "the day it was sent", required=True),
        Column("answered_date", "date", "the day it was answered; null until then"),
        Column("score", "integer", "the answer; null until then"),
        Column("scale_max", "integer", "the best answer there is", required=True),
    ),
    is_optional=True,
)
