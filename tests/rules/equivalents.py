"""Mutants of the handbook's expressions that no data tell from the original, by the reason."""

from typing import Final, TypeAlias

Mutant: TypeAlias = tuple[str, str, str]
"""Names of the alert, its signal, and the mutant."""

NOT_NEGATIVE: Final = "of numbers that are never negative, the sum is zero exactly where the largest is"
SAME_SERIES: Final = "`unless` compares whole label sets, so the other side may hold more"

EQUIVALENT: Final[dict[str, frozenset[Mutant]]] = {
    NOT_NEGATIVE: frozenset(
        {
            ("GslbEndpointDown", "status", "max 1 -> sum"),
            ("VLLMOOMKilled", "restart", "sum 1 -> max"),
            ("GPUMemoryExhausted", "kv-cache", "sum 2 -> max"),
            ("EmbeddingQueueBacklog", "overload", "sum 1 -> max"),
            ("LLMGatewayQuotaExhausted", "refused", "sum 1 -> max"),
            ("LLMGatewayQuotaExhausted", "refused", "sum 2 -> max"),
            ("QuotaServiceDown", "members", "max 1 -> sum"),
            ("BillingWebhookFailed", "hand-over", "sum 1 -> max"),
            ("BGEDown", "probe", "max 1 -> sum"),
            ("BackupFailed", "failed", "sum 1 -> max"),
            ("BackupFailed", "partial", "sum 1 -> max"),
            ("CanaryFailed", "controller", "max 1 -> sum"),
            ("CatalystDown", "probe", "max 1 -> sum"),
            ("CertificateNotReady", "ready", "max 1 -> sum"),
            ("CrossplaneAWSFailing", "deployment", "max 1 -> sum"),
            ("CrossplaneAzureFailing", "deployment", "max 1 -> sum"),
            ("CrossplaneFailing", "deployment", "max 1 -> sum"),
            ("CrossplaneGCPFailing", "deployment", "max 1 -> sum"),
            ("CrossplaneHcloudFailing", "deployment", "max 1 -> sum"),
            ("CrossplaneHuaweicloudFailing", "deployment", "max 1 -> sum"),
            ("CrossplaneOCIFailing", "deployment", "max 1 -> sum"),
            ("FliptFailing", "down", "max 1 -> sum"),
            ("GuardrailsDown", "probe", "max 1 -> sum"),
            ("KafkaMirrorLag", "standstill", "sum 1 -> max"),
            ("KyvernoFailing", "controller", "max 1 -> sum"),
            ("KyvernoFailing", "errors", "sum 1 -> max"),
            ("LangFuseDown", "probe", "max 1 -> sum"),
            ("MilvusBackupOld", "never", "sum 1 -> max"),
            ("MinIOReplicationLag", "failures", "max 1 -> sum"),
            ("Neo4jDown", "probe", "max 1 -> sum"),
            ("RegionLinkDown", "never", "max 1 -> sum"),
            ("RegionsNotSymmetric", "here", "max 1 -> sum"),
        }
    ),
    SAME_SERIES: frozenset(
        {
            (
                "LLMGatewayQuotaExhausted",
                "refused",
                'exception_class=~".*BudgetExceeded.*|.*RateLimit.*" 3 dropped',
            )
        }
    ),
}
