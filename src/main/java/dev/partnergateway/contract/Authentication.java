package dev.partnergateway.contract;

/** How an operation expects its caller to prove who it is (docs/behaviour.md#keys). */
public enum Authentication {
    /** {@code Authorization: ApiKey-v1 KEY}: a security scheme of type apiKey in the header Authorization. */
    API_KEY,
    /** HTTP Basic: a security scheme of type http, scheme basic. */
    BASIC,
    /** The key is a member of the body, marked {@code x-credential: true}. */
    BODY,
    /** No credential is declared. */
    NONE
}
